import {
  CODES,
  type CommandName,
  PARAMETER_SCHEMAS,
  type Schema,
  settingsSchema,
} from '@pinroom/client/contract';
import { all, anything, count, flag, list, nothing, text, time } from './schema-shapes.js';

/** Schemas of what the server says. They document; nothing is checked against them at run time. */

const { id, pin, entryId } = PARAMETER_SCHEMAS;
export const channel = {
  type: 'string',
  description: '`room`, `host`, `log` or `user:<userId>`.',
} as const;
export const cursor = {
  anyOf: [text, nothing],
  description: 'For the next page; null: there is none.',
} as const;
export const entryCursor = {
  anyOf: [entryId, nothing],
  description:
    'For the next page: as `after` where this one was asked for with `after`, else as `before`; null: there is none.',
} as const;
export const source = { type: 'string', enum: ['redis', 'archive'] } as const;

export const settings = all({
  playersMaySend: flag,
  typesByRole: settingsSchema.properties.typesByRole,
  slowModeSeconds: { type: 'number' },
  approval: flag,
  hostGraceSeconds: count,
  onHostGone: settingsSchema.properties.onHostGone,
  passcodeRequired: flag,
});

export const room = all({
  id,
  pin: { anyOf: [pin, nothing], description: 'Null once the room is closed.' },
  title: text,
  hostIds: list(id),
  locked: flag,
  capacity: count,
  memberCount: count,
  settings,
  rev: count,
  createdAt: time,
  expiresAt: time,
  closedAt: { anyOf: [time, nothing] },
});

export const member = all({
  userId: id,
  nickname: text,
  role: { type: 'string', enum: ['host', 'player', 'spectator'] },
  joinedAt: time,
  online: flag,
  muted: flag,
});

export const hostState = { type: 'string', enum: ['present', 'away', 'gone'] } as const;

export const person = all({ userId: id, nickname: text });

export const entry = {
  type: 'object',
  properties: {
    id: { ...entryId, description: 'Unique within its channel.' },
    roomId: id,
    channel,
    type: text,
    from: {
      anyOf: [person, nothing],
      description: 'Null: the server wrote it (all of `log`), or an application with the API key.',
    },
    payload: anything,
    at: time,
    key: text,
    after: {
      ...entryId,
      description: 'On the first entry of a new epoch: the last id before it that survived.',
    },
  },
  required: ['id', 'roomId', 'channel', 'type', 'from', 'payload', 'at'],
} as const satisfies Schema;

export const wireError = {
  type: 'object',
  properties: {
    code: { type: 'string', enum: Object.keys(CODES) },
    message: text,
    retryAfterMs: count,
    suggestion: { ...text, description: 'With `nickname_taken`: one that was free a moment ago.' },
  },
  required: ['code', 'message'],
} as const satisfies Schema;

export const fault = all({ error: wireError });

export const session = {
  type: 'object',
  properties: {
    user: all({ id, nickname: text }),
    accessToken: text,
    accessTokenExpiresAt: time,
    refreshToken: { ...text, description: 'Absent when a cookie keeps it.' },
  },
  required: ['user', 'accessToken', 'accessTokenExpiresAt'],
} as const satisfies Schema;

const ownSession = all({
  id,
  createdAt: time,
  lastUsedAt: { ...time, description: 'To about a minute.' },
  address: text,
  userAgent: text,
  current: { ...flag, description: 'Whether it is the one that asks.' },
});

export const sessionList = all({ sessions: list(ownSession) });
export const entryPage = all({ entries: list(entry), nextCursor: entryCursor, source });
export const roomList = all({ rooms: list(room), nextCursor: cursor });
export const roomByPin = all({ room: all({ id, pin, title: text, locked: flag, full: flag }) });
export const oneRoom = all({ room });
export const newRoom = all({ room, hostKey: text });
export const sent = all({ id: entryId, at: time, duplicate: flag });
export const roomState = all({ version: count, value: anything });
export const stateVersion = all({ version: count });
export const empty = { type: 'object', properties: {} } as const satisfies Schema;
export const health = all({
  status: { type: 'string', enum: ['ok', 'degraded', 'starting', 'draining'] },
  ready: flag,
  backends: { type: 'object', additionalProperties: { type: 'string', enum: ['up', 'down'] } },
  reasons: list(text),
});

const snapshot = all({
  entries: list(entry),
  lastId: { anyOf: [entryId, nothing] },
  complete: flag,
});

/** What each command answers in `data`. */
export const ANSWER_SCHEMAS = {
  'room:create': newRoom,
  'room:join': all({
    room,
    self: member,
    members: list(member),
    memberCount: count,
    presenceVersion: count,
    hostState,
    state: roomState,
    channels: { type: 'object', additionalProperties: snapshot },
  }),
  'room:leave': empty,
  'room:send': sent,
  'room:signal': empty,
  'room:history': entryPage,
  'room:members': all({ members: list(member), memberCount: count, nextCursor: cursor }),
  'room:update': oneRoom,
  'room:kick': empty,
  'room:admit': empty,
  'room:new-pin': oneRoom,
  'room:state': stateVersion,
  'room:host': oneRoom,
  'room:rename': all({ self: member }),
  'room:mute': empty,
  'room:close': empty,
} as const satisfies { readonly [N in CommandName]: Schema };

/** Schemas that the specifications name once and refer to. */
export const NAMED_SCHEMAS: { readonly [name: string]: Schema } = {
  Room: room,
  Settings: settings,
  Member: member,
  Person: person,
  Entry: entry,
  EntryPage: entryPage,
  Session: session,
  Error: wireError,
  Fault: fault,
};
