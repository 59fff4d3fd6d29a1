import type { Settings } from '@pinroom/client/contract';
import type { AppendOutcome, AppendRequest } from '../../../src/engine/feed/room-feed.port.js';
import { looksOf } from '../../../src/engine/room/look-alikes.js';
import type { JoinOutcome, JoinRequest, Seat } from '../../../src/engine/room/member-store.port.js';
import type { RoomRecord } from '../../../src/engine/room/room-record.port.js';
import type { PutOptions } from '../../../src/engine/room/room-store.port.js';
import { systemRandom, uuidv7 } from '../../../src/engine/runtime/random.js';
import type { Stores } from './store-driver.js';

export const SETTINGS: Settings = {
  playersMaySend: true,
  typesByRole: {},
  slowModeSeconds: 0,
  approval: false,
  hostGraceSeconds: 60,
  onHostGone: 'keep',
  passcodeRequired: false,
};

export const NEW_ROOM: PutOptions = {
  epochFloor: 0,
  lastIds: new Map(),
  closedTtlMs: 60_000,
  isNew: true,
  bans: [],
  state: null,
};

/** An id of a room or a user; with a tag it ends in it. */
export function newId(tag?: string): string {
  return uuidv7(Date.now(), systemRandom, tag);
}

/** A record of an open room, created now. */
export function newRecord(stores: Stores, changes: Partial<RoomRecord> = {}): RoomRecord {
  return {
    id: newId(),
    pin: '123456',
    title: 'Quiz night',
    createdBy: newId(),
    hostIds: [],
    locked: false,
    capacity: 100,
    settings: SETTINGS,
    passcodeHash: null,
    rev: 1,
    createdAt: stores.now(),
    ttlMs: 3_600_000,
    maxUntil: stores.now() + 86_400_000,
    closedAt: null,
    closeReason: null,
    ...changes,
  };
}

/** Puts a new open room and answers its record. */
export async function openRoom(
  stores: Stores,
  changes: Partial<RoomRecord> = {},
): Promise<RoomRecord> {
  const record = newRecord(stores, changes);
  await stores.rooms.put(record, NEW_ROOM);
  return record;
}

export function joinRequest(roomId: string, changes: Partial<JoinRequest> = {}): JoinRequest {
  const userId = changes.userId ?? newId();
  const nickname = changes.nickname ?? `user ${userId}`;
  return {
    roomId,
    userId,
    life: 'life-1',
    socketId: `socket-${newId()}`,
    nickname,
    foldedNickname: nickname.toLowerCase(),
    looks: looksOf(nickname),
    role: 'player',
    asHost: false,
    isReturning: false,
    isMuted: false,
    network: '192.0.2.1',
    passcodeHash: null,
    pin: null,
    isAtDoor: true,
    ...changes,
  };
}

/** Joins, and answers who did with the seat; fails the test when it was refused. */
export async function joined(
  stores: Stores,
  roomId: string,
  changes: Partial<JoinRequest> = {},
): Promise<Seat & { readonly nickname: string }> {
  const request = joinRequest(roomId, changes);
  const outcome = await stores.members.join(request);
  if (outcome.kind !== 'joined') throw new Error(`join failed: ${JSON.stringify(outcome)}`);
  const { userId, life, socketId, nickname } = request;
  return { roomId, userId, life, socketId, nickname };
}

/** What a join came to, in one word. */
export function joinWord(outcome: JoinOutcome): string {
  return outcome.kind === 'refused' ? outcome.code : outcome.kind;
}

/** What an append came to, in one word. */
export function appendWord(outcome: AppendOutcome): string {
  if (outcome.kind === 'refused') return outcome.code;
  return outcome.kind === 'appended' && outcome.duplicate ? 'duplicate' : outcome.kind;
}

export function appendRequest(roomId: string, changes: Partial<AppendRequest> = {}): AppendRequest {
  return {
    roomId,
    sender: null,
    channel: 'room',
    type: 'chat',
    payloadJson: '{"text":"hello"}',
    key: null,
    once: null,
    archived: null,
    ...changes,
  };
}

/** Appends, and answers the id; fails the test when it was refused. */
export async function appended(
  stores: Stores,
  roomId: string,
  changes: Partial<AppendRequest> = {},
): Promise<string> {
  const outcome = await stores.feed.append(appendRequest(roomId, changes));
  if (outcome.kind !== 'appended') throw new Error(`append failed: ${JSON.stringify(outcome)}`);
  return outcome.id;
}

/** Appends `count` entries one after the other to a channel, and answers their ids. */
export async function appendMany(
  stores: Stores,
  roomId: string,
  count: number,
  channel = 'room',
): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    ids.push(await appended(stores, roomId, { channel, payloadJson: String(n) }));
  }
  return ids;
}

/** Everything that the log of a room says, as `[type, payload]`. */
export async function logOf(stores: Stores, roomId: string): Promise<[string, unknown][]> {
  const range = { roomId, channel: 'log', after: null, before: null, limit: 200 } as const;
  const { entries } = await stores.feed.read({ ...range, take: 'oldest' });
  return entries.map((entry) => [entry.type, entry.payload]);
}
