import {
  PARAMETER_SCHEMAS,
  PROTOCOL_VERSION,
  type Schema,
  type ServerEventName,
} from '@pinroom/client/contract';
import { entry, member, person, room } from './answer-schemas.js';
import { all, anything, count, flag, list, text } from './schema-shapes.js';

const { id, entryId } = PARAMETER_SCHEMAS;

/** The payload of every event, with what it tells. */
export const EVENT_SCHEMAS = {
  'session:ready': {
    ...all({
      userId: id,
      nickname: text,
      nodeId: text,
      serverTime: count,
      protocol: { type: 'integer', enum: [PROTOCOL_VERSION] },
    }),
    description: 'The handshake was good.',
  },
  'session:ended': {
    ...all({ reason: { ...text, description: '`session_ended`.' } }),
    description: 'The session is over; the socket is closed next.',
  },
  'server:draining': {
    ...all({ reconnectInMs: count }),
    description:
      'This node is about to stop; the transport is closed within reconnectInMs, or right away. Come back that long after the event.',
  },
  'room:entry': entry,
  'room:signal': {
    ...all({ roomId: id, to: text, type: text, payload: anything, from: person }),
    description: 'A message that is not kept.',
  },
  'room:presence': {
    ...all({
      roomId: id,
      version: count,
      memberCount: count,
      joined: list(member),
      changed: list(member),
      left: list(id),
      hostState: { type: 'string', enum: ['present', 'away', 'gone'] },
    }),
    description: 'Who came, changed and left, gathered for a moment.',
  },
  'room:updated': { ...all({ room }), description: 'The room as it is now.' },
  'room:waiting': {
    ...all({ roomId: id, waiting: list(member) }),
    description: 'To hosts: all who wait at the door, gathered for a moment.',
  },
  'room:admitted': {
    ...all({ roomId: id, admit: flag }),
    description: 'To who waits at the door: they are let in and may join now, or are not.',
  },
  'room:state': {
    ...all({ roomId: id, version: count, patch: anything }),
    description: 'The shared state has changed by this JSON Merge Patch.',
  },
  'room:top': {
    ...all({
      roomId: id,
      tops: { type: 'object', additionalProperties: entryId },
      rev: count,
      stateVersion: count,
      presenceVersion: count,
    }),
    description:
      'The newest id of each channel that has entries, so that a client notices what it missed.',
  },
  'room:left': {
    ...all({
      roomId: id,
      reason: { type: 'string', enum: ['kicked', 'banned', 'closed', 'expired', 'left'] },
    }),
    description: 'The receiver is no longer in the room.',
  },
} as const satisfies { readonly [N in ServerEventName]: Schema };
