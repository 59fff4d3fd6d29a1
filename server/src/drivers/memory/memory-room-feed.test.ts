import { LIMITS } from '@pinroom/client/contract';
import { describe, expect, test } from 'vitest';
import type { AppendRequest } from '../../engine/feed/room-feed.port.js';
import type { RoomRecord } from '../../engine/room/room-record.port.js';
import { createMemoryStores } from './memory-stores.js';

const RECORD: RoomRecord = {
  id: '01a20710-0d2e-7296-81b8-7963c7f71687',
  pin: '123456',
  title: '',
  createdBy: '01a20710-0d2e-7296-81b8-7963c7f71688',
  hostIds: [],
  locked: false,
  capacity: 10,
  settings: {
    playersMaySend: true,
    typesByRole: {},
    slowModeSeconds: 0,
    approval: false,
    hostGraceSeconds: 60,
    onHostGone: 'keep',
    passcodeRequired: false,
  },
  rev: 1,
  createdAt: 1_000,
  ttlMs: 3_600_000,
  maxUntil: 86_400_000,
  closedAt: null,
  closeReason: null,
};

const REQUEST: AppendRequest = {
  roomId: RECORD.id,
  sender: null,
  channel: 'room',
  type: 'chat',
  payloadJson: '1',
  key: 'k',
  once: null,
};

// Only here, as the clock of the other driver is not ours: ten minutes are too long to wait.
describe('MemoryRoomFeed', () => {
  test('[FEED-1] a key counts for ten minutes from its entry on', async () => {
    let now = 1_000;
    const stores = createMemoryStores({
      clock: { now: () => now },
      channelKeep: 10,
      backlogEntries: 10,
    });
    const lastIds = new Map<string, string>();
    await stores.rooms.put(RECORD, {
      epochFloor: 0,
      lastIds,
      closedTtlMs: 1,
      isNew: true,
      bans: [],
      state: null,
    });
    const first = await stores.feed.append(REQUEST);
    expect(first).toMatchObject({ kind: 'appended', duplicate: false });
    now += LIMITS.dedupeSeconds * 1_000 - 1;
    expect(await stores.feed.append(REQUEST)).toEqual({ ...first, duplicate: true });
    now += 1;
    expect(await stores.feed.append(REQUEST)).toMatchObject({ duplicate: false });
  });
});
