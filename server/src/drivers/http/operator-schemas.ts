import {
  CODES,
  type ErrorCode,
  PARAMETER_SCHEMAS,
  SYSTEM_EVENT_TYPES,
} from '@pinroom/client/contract';
import {
  channel,
  cursor,
  entryCursor,
  hostState,
  member,
  settings,
  source,
} from './answer-schemas.js';
import { all, count, flag, list, nothing, text, time } from './schema-shapes.js';

/** What operators are answered. */

const { id, pin, entryId } = PARAMETER_SCHEMAS;

export const systemEntry = all({
  id: { ...entryId, description: 'When it was written, by the clock of the store.' },
  at: { ...time, description: 'When it happened, by the clock of the node that says it.' },
  nodeId: { ...text, description: 'Who says it.' },
  type: { type: 'string', enum: SYSTEM_EVENT_TYPES },
  level: { type: 'string', enum: ['info', 'warn', 'error'] },
  payload: {
    type: 'object',
    additionalProperties: { description: 'As docs/operations.md says for each type.' },
  },
});

export const systemLogPage = all({ entries: list(systemEntry), nextCursor: entryCursor, source });

const operatorRoom = all({
  id,
  pin,
  title: text,
  locked: flag,
  memberCount: count,
  online: { ...count, description: 'Members who are connected.' },
  createdAt: time,
  activeAt: time,
  expiresAt: time,
  closedAt: { anyOf: [time, nothing], description: 'Not null: it is being closed.' },
  backlog: { ...count, description: 'Entries that wait for the archive.' },
});

const operatorChannel = all({
  channel,
  lastId: { anyOf: [entryId, nothing], description: 'The newest id.' },
  archivedId: { anyOf: [entryId, nothing], description: 'The newest id that is in the archive.' },
});

export const operatorRoomView = all({
  room: all({
    ...operatorRoom.properties,
    hostIds: list(id),
    capacity: count,
    settings,
    rev: count,
    epoch: { ...count, description: 'Of the next ids: it rises when Redis has lost data.' },
  }),
  hostState,
  members: list(member),
  memberCount: count,
  nextCursor: { ...cursor, description: 'Of the members; null: there are no more.' },
  channels: list(operatorChannel),
});

export const operatorRoomList = all({ rooms: list(operatorRoom), nextCursor: cursor });

const codes = Object.keys(CODES) as ErrorCode[];
const refusedByCode = Object.fromEntries(codes.map((code) => [code, count])) as {
  readonly [C in ErrorCode]: typeof count;
};

const nodeStatus = all({
  id: text,
  life: text,
  host: text,
  pid: count,
  version: text,
  startedAt: time,
  at: { ...time, description: 'When it said this.' },
  uptimeSeconds: count,
  tags: { ...count, description: 'Of the 256 that nodes share: how many it looks after.' },
  sockets: count,
  rooms: { ...count, description: 'Rooms with a socket on it.' },
  loopDelayMs: { type: 'number', description: 'How late timers come, 99th percentile.' },
  backends: { type: 'object', additionalProperties: { type: 'string', enum: ['up', 'down'] } },
  archiveLagMs: { ...count, description: 'How long the entry waits that waits longest.' },
  entries: { ...count, description: 'Entries that it has accepted since it started.' },
  refused: {
    type: 'object',
    properties: refusedByCode,
    description: 'Answers with an error since it started, by code.',
  },
  draining: flag,
});

export const nodeList = all({ nodes: list(nodeStatus) });
