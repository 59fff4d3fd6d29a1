import type { OperatorRoom } from '@pinroom/client/contract';
import { type LiveRoom, toRoom } from './room-record.port.js';

/** The room as an operator sees it: its number, and how it is, not what is said in it. */
export function toOperatorRoom(
  room: LiveRoom,
  { online, backlog }: { readonly online: number; readonly backlog: number },
): OperatorRoom {
  const { activeAt, closedAt, createdAt, id, locked, memberCount, pin, title } = room;
  const { expiresAt } = toRoom(room);
  return {
    id,
    pin,
    title,
    locked,
    memberCount,
    online,
    createdAt,
    activeAt,
    expiresAt,
    closedAt,
    backlog,
  };
}
