import { clientFrame, composeFrame, type PresenceDelta } from '../../engine/fanout/frame.port.js';
import type { CloseReason } from '../../engine/room/room-record.port.js';
import {
  type KeptEntry,
  type MemoryChannel,
  type MemoryRoom,
  noteHostState,
} from './memory-room.js';
import type { MemoryState } from './memory-state.js';

export interface NewEntry {
  readonly channel: string;
  readonly type: string;
  readonly from: { readonly userId: string; readonly nickname: string } | null;
  readonly key: string | null;
  readonly payloadJson: string;
}

/** Gives the entry the next id of its channel, keeps it, marks it for the archive, announces it. */
export function keepEntry(state: MemoryState, room: MemoryRoom, entry: NewEntry): KeptEntry {
  const channel = openChannel(room, entry.channel);
  const seq = channel.nextSeq;
  const kept: KeptEntry = {
    id: `${room.epoch}-${seq}`,
    epoch: room.epoch,
    seq,
    at: state.clock.now(),
    after: seq === 0 ? channel.archivedId : null,
    type: entry.type,
    from: entry.from,
    key: entry.key,
    payloadJson: entry.payloadJson,
  };
  channel.entries.push(kept);
  channel.nextSeq = seq + 1;
  channel.lastId = kept.id;
  room.pending += 1;
  const body = clientFrame('room:entry', entryJson(room.id, entry.channel, kept));
  const line = `e ${room.rev} ${entry.channel} ${kept.id} ${kept.after ?? '-'}`;
  state.publish(room.id, composeFrame(line, body));
  return kept;
}

/** Writes to the room's log in the server's name. */
export function writeLog(
  state: MemoryState,
  room: MemoryRoom,
  type: string,
  payload: object,
): void {
  keepEntry(state, room, {
    channel: 'log',
    type,
    from: null,
    key: null,
    payloadJson: JSON.stringify(payload),
  });
}

/** Counts and announces one change of who is in the room. */
export function announcePresence(state: MemoryState, room: MemoryRoom, delta: PresenceDelta): void {
  room.presenceVersion += 1;
  const hostState = noteHostState(room, state.clock.now());
  const line = `p ${room.rev} ${room.presenceVersion} ${room.members.size} ${hostState}`;
  state.publish(room.id, composeFrame(line, JSON.stringify(delta)));
}

/** Closes an open room: from here on nothing is appended. */
export function closeRoom(
  state: MemoryState,
  room: MemoryRoom,
  reason: CloseReason,
  byUserId: string | null,
): void {
  const now = state.clock.now();
  room.closedAt = now;
  room.closeReason = reason;
  room.rev += 1;
  // It stays due until `retire`, so that whoever comes finishes the closing.
  room.dueAt = now;
  writeLog(state, room, 'closed', { reason, by: byUserId });
  state.publish(room.id, composeFrame(`c ${room.rev} ${reason}`));
}

/** An entry as JSON, its payload byte for byte as it came. */
export function entryJson(roomId: string, channel: string, entry: KeptEntry): string {
  const after = entry.after === null ? '' : `"after":${JSON.stringify(entry.after)},`;
  const key = entry.key === null ? '' : `"key":${JSON.stringify(entry.key)},`;
  return (
    `{"id":"${entry.id}","at":${entry.at},${after}"roomId":${JSON.stringify(roomId)},` +
    `"channel":${JSON.stringify(channel)},"type":${JSON.stringify(entry.type)},` +
    `"from":${JSON.stringify(entry.from)},${key}"payload":${entry.payloadJson}}`
  );
}

/** A channel as it begins, with the position that the archive has. */
export function newChannel(archivedId: string | null): MemoryChannel {
  return { entries: [], nextSeq: 0, lastId: archivedId, archivedId };
}

function openChannel(room: MemoryRoom, name: string): MemoryChannel {
  const known = room.channels.get(name);
  if (known) return known;
  const channel = newChannel(null);
  room.channels.set(name, channel);
  return channel;
}
