import type { CommandName, ErrorCode } from '@pinroom/client/contract';

/** The codes that answers carry, for the specifications. */

/** What any command over a socket may be refused with; the ones of a command itself come on top. */
export const FAULTS_OF_ALL_COMMANDS = [
  'bad_request',
  'payload_too_large',
  'rate_limited',
  'unavailable',
  'internal',
] as const satisfies readonly ErrorCode[];

/** Where one has to be a member; and have a right in a room that is open. */
const OF_MEMBERS = ['room_not_found', 'not_in_room'] as const;
const OF_RIGHTS = [...OF_MEMBERS, 'forbidden', 'room_closed'] as const;

export const COMMAND_FAULTS = {
  'room:create': ['conflict', 'pins_exhausted'],
  'room:join': [
    ...OF_RIGHTS,
    'room_full',
    'room_locked',
    'passcode_required',
    'waiting_for_host',
    'banned',
    'nickname_taken',
  ],
  'room:leave': ['not_in_room'],
  'room:send': [...OF_RIGHTS, 'muted', 'conflict', 'backlog_full'],
  'room:signal': [...OF_RIGHTS, 'muted'],
  'room:history': [...OF_MEMBERS, 'forbidden'],
  'room:members': OF_MEMBERS,
  'room:update': [...OF_RIGHTS, 'conflict'],
  'room:kick': [...OF_RIGHTS, 'not_found'],
  'room:admit': [...OF_RIGHTS, 'banned', 'room_full'],
  'room:new-pin': [...OF_RIGHTS, 'conflict', 'pins_exhausted'],
  'room:state': [...OF_RIGHTS, 'conflict', 'backlog_full'],
  'room:host': [...OF_RIGHTS, 'not_found', 'conflict', 'room_full'],
  'room:rename': [...OF_MEMBERS, 'room_closed', 'muted', 'nickname_taken'],
  'room:mute': [...OF_RIGHTS, 'not_found', 'conflict'],
  'room:close': OF_RIGHTS,
} as const satisfies { readonly [N in CommandName]: readonly ErrorCode[] };

/** What a handshake is refused with, once there is a line; see `origin-gate` for what comes before. */
export const HANDSHAKE_FAULTS = [
  'unauthenticated',
  'session_ended',
  'rate_limited',
  'draining',
  'bad_request',
  'unavailable',
  'internal',
] as const satisfies readonly ErrorCode[];
