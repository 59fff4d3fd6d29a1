import { COMMAND_SCHEMAS, PARAMETER_SCHEMAS, type Schema } from '@pinroom/client/contract';
import { AppError } from '../../engine/runtime/app-error.js';

const UUID = new RegExp(PARAMETER_SCHEMAS.id.pattern);
const ROOM_PATH = /^\/api\/(?:ops\/)?rooms\/([^/]+)/;
const { after, before, channel, limit } = COMMAND_SCHEMAS['room:history'].properties;

/** Which entries of a channel are asked for. */
export const ENTRIES_QUERY = {
  type: 'object',
  properties: { channel, before, after, limit },
} as const satisfies Schema;

/** The path's `:id`. An id that cannot exist is a room that does not. */
export function roomIdOf(param: (name: string) => string): string {
  const id = param('id');
  if (!UUID.test(id)) throw new AppError('room_not_found');
  return id;
}

/** The room that a path is about, for the log: only where it says an id, as a PIN does not belong there. */
export function roomIdIn(path: string): string | undefined {
  const id = ROOM_PATH.exec(path)?.[1];
  return id !== undefined && UUID.test(id) ? id : undefined;
}
