import { LIMITS } from './limits.js';
import type { Schema } from './schema.js';

/** Building blocks of the protocol's schemas: one schema per body, unknown fields are errors. */

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
/**
 * One line of text: no control characters, line or paragraph separators, no half characters, and
 * nothing that turns the direction of what stands around it.
 */
const LINE =
  '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\p{Cs}]*$';

const id = { type: 'string', pattern: UUID } as const;
const pin = {
  type: 'string',
  pattern: `^[0-9]{1,${LIMITS.pinMaxLength}}$`,
  description: 'The PIN: digits alone.',
} as const;
const entryId = { type: 'string', pattern: '^[0-9]{1,15}-[0-9]{1,15}$' } as const;
/** An edge of a page of entries. */
const edge = {
  before: { ...entryId, description: 'Exclusive; not together with `after`.' },
  after: {
    ...entryId,
    description: 'Exclusive; not together with `before`. `0-0`: from the beginning.',
  },
} as const;
const title = { type: 'string', maxLength: LIMITS.titleLength, pattern: LINE } as const;
const nickname = {
  type: 'string',
  minLength: 1,
  maxLength: LIMITS.nicknameLength,
  pattern: LINE,
} as const;
const entryType = {
  type: 'string',
  minLength: 1,
  maxLength: LIMITS.typeLength,
  pattern: '^[A-Za-z0-9_.:/-]+$',
} as const;
const key = { type: 'string', minLength: 1, maxLength: LIMITS.keyLength, pattern: LINE } as const;
const sendChannel = {
  type: 'string',
  pattern: `^(room|host|user:${UUID.slice(1, -1)})$`,
  description: '`room`, `host` or `user:<userId>`.',
} as const;
const readChannel = {
  type: 'string',
  pattern: `^(room|host|log|user:${UUID.slice(1, -1)})$`,
  description: '`room`, `host`, `log` or `user:<userId>`.',
} as const;
const limit = { type: 'integer', minimum: 1, maximum: LIMITS.pageLimit } as const;
const cursor = { type: 'string', minLength: 1, maxLength: 128, pattern: LINE } as const;
const capacity = { type: 'integer', minimum: 1, maximum: LIMITS.capacity } as const;
const typeList = { type: 'array', items: entryType, maxItems: 64 } as const;
/** Any JSON value; depth and size are bounded elsewhere. */
const anything = { description: 'Any JSON value.' } as const;

export const settingsSchema = {
  type: 'object',
  properties: {
    playersMaySend: { type: 'boolean', description: 'Players may write to `room`.' },
    typesByRole: {
      type: 'object',
      description: 'For each role the entry types that it may send; a role without a list may all.',
      properties: { host: typeList, player: typeList, spectator: typeList },
      additionalProperties: false,
    },
    slowModeSeconds: { type: 'number', minimum: 0, maximum: 3600 },
    approval: { type: 'boolean' },
    passcode: {
      anyOf: [{ type: 'string', minLength: 1, maxLength: 128, pattern: LINE }, { type: 'null' }],
    },
    hostGraceSeconds: { type: 'integer', minimum: 0, maximum: 86_400 },
    onHostGone: { type: 'string', enum: ['keep', 'transfer', 'close'] },
  },
  additionalProperties: false,
} as const satisfies Schema;

const createProperties = {
  title,
  capacity,
  ttlSeconds: {
    type: 'integer',
    minimum: 1,
    maximum: 31_536_000,
    description: 'The room closes after this long without activity.',
  },
  settings: settingsSchema,
  key,
} as const;

const changeProperties = {
  title,
  locked: { type: 'boolean' },
  capacity,
  settings: settingsSchema,
} as const;

const sendProperties = {
  channel: sendChannel,
  type: entryType,
  payload: anything,
  key,
  once: { ...key, description: 'At most one entry per user, channel and value.' },
} as const;

const stateProperties = {
  patch: {
    description:
      'A JSON Merge Patch (RFC 7386): null deletes, objects merge, anything else replaces.',
  },
  ifVersion: {
    type: 'integer',
    minimum: 0,
    description: 'Only while the state has this version.',
  },
} as const;

function object<
  const P extends { readonly [name: string]: Schema },
  const R extends readonly (keyof P & string)[],
>(properties: P, required: R) {
  return { type: 'object', properties, required, additionalProperties: false } as const;
}

/** The payload of every command. */
export const COMMAND_SCHEMAS = {
  'room:create': object(createProperties, []),
  'room:join': object(
    {
      pin: { ...pin, description: 'The PIN: digits alone. Either this or `roomId`.' },
      roomId: { ...id, description: 'Either this or `pin`.' },
      nickname,
      role: { type: 'string', enum: ['player', 'spectator'] },
      passcode: { type: 'string', maxLength: 128, pattern: LINE },
      hostKey: { type: 'string', minLength: 1, maxLength: 128, pattern: LINE },
      since: {
        type: 'object',
        description: 'For each channel the newest entry id that the client holds.',
        propertyNames: readChannel,
        additionalProperties: entryId,
        maxProperties: 8,
      },
    },
    [],
  ),
  'room:leave': object({ roomId: id, everywhere: { type: 'boolean' } }, ['roomId']),
  'room:send': object({ roomId: id, ...sendProperties }, ['roomId', 'type', 'payload']),
  'room:signal': object({ roomId: id, to: sendChannel, type: entryType, payload: anything }, [
    'roomId',
    'type',
    'payload',
  ]),
  'room:history': object({ roomId: id, channel: readChannel, ...edge, limit }, ['roomId']),
  'room:members': object({ roomId: id, cursor, limit }, ['roomId']),
  'room:update': object({ roomId: id, ...changeProperties }, ['roomId']),
  'room:kick': object(
    {
      roomId: id,
      userId: id,
      ban: { type: 'boolean', description: 'The user cannot come back either.' },
      banAddress: {
        type: 'boolean',
        description: 'With `ban`: nor does anybody new come in from the address.',
      },
    },
    ['roomId', 'userId'],
  ),
  'room:admit': object({ roomId: id, userId: id, admit: { type: 'boolean' } }, [
    'roomId',
    'userId',
    'admit',
  ]),
  'room:new-pin': object(
    { roomId: id, current: { ...pin, description: 'The PIN that is to be replaced.' } },
    ['roomId', 'current'],
  ),
  'room:state': object({ roomId: id, ...stateProperties }, ['roomId', 'patch']),
  'room:host': object(
    { roomId: id, userId: id, action: { type: 'string', enum: ['grant', 'revoke', 'transfer'] } },
    ['roomId', 'userId', 'action'],
  ),
  'room:rename': object({ roomId: id, nickname }, ['roomId', 'nickname']),
  'room:mute': object({ roomId: id, userId: id, muted: { type: 'boolean' } }, [
    'roomId',
    'userId',
    'muted',
  ]),
  'room:close': object({ roomId: id }, ['roomId']),
} as const;

export type CommandName = keyof typeof COMMAND_SCHEMAS;

/** The bodies of HTTP requests that are not a command's payload. */
export const BODY_SCHEMAS = {
  createSession: object({ nickname, cookie: { type: 'boolean' } }, []),
  refreshSession: object(
    { refreshToken: { type: 'string', minLength: 1, maxLength: 512, pattern: LINE } },
    [],
  ),
  createRoom: object(createProperties, []),
  updateRoom: object(changeProperties, []),
  sendEntry: object(sendProperties, ['type', 'payload']),
  patchState: object(stateProperties, ['patch']),
  closeRoom: object({}, []),
} as const;

/** Parameters in paths and queries. */
export const PARAMETER_SCHEMAS = { id, pin, entryId, readChannel, cursor } as const;
