import { setTimeout as delay } from 'node:timers/promises';
import { compareEntryIds } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { unavailable } from '../../../src/engine/runtime/app-error.js';
import { until } from '../../support/until.js';
import { appended, appendRequest, appendWord } from '../stores/sample-rooms.js';
import { fill, usePumpRigs, whole } from './pump-rig.js';

/** Only between a real Redis and a real PostgreSQL do nodes crash, cross each other and wait. */

const CRASHES = 100;
/** Connections that PostgreSQL ends under the pump. */
const KILLS = 25;
const FOREVER = new AbortController().signal;
const RECOVERY_MS = 15_000;

describe('archive pumps that crash or cross each other', () => {
  const openRig = usePumpRigs();

  it('a crash between the insert and the position, a hundred times: each entry is there once', async () => {
    const rig = await openRig({ channelKeep: 5 });
    const rooms = await Promise.all([rig.room(), rig.room(), rig.room()]);
    let crashes = 0;
    // Every second time it dies with the position of the first channel moved and the others not.
    const { pump } = await rig.node(({ queue }) => ({
      queue: {
        listPending: (tags, limit) => queue.listPending(tags, limit),
        readPending: (channels, limit) => queue.readPending(channels, limit),
        confirm: async (batches) => {
          crashes += 1;
          if (crashes % 2 === 0) await queue.confirm(batches.slice(0, 1));
          throw unavailable('This node');
        },
      },
    }));
    const perRound = 3;
    for (let round = 0; round < CRASHES; round++) {
      await Promise.all(rooms.map((roomId) => fill(rig, roomId, perRound, round * perRound)));
      await expect(pump.drain(FOREVER)).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect(crashes).toBe(CRASHES);
    for (const roomId of rooms) {
      expect(await rig.rows(roomId)).toEqual(whole(CRASHES * perRound));
    }
    const healthy = await rig.node();
    await healthy.pump.drain(FOREVER);
    for (const roomId of rooms) {
      expect(await rig.rows(roomId)).toEqual(whole(CRASHES * perRound));
      expect(await rig.stores.queue.countPending(roomId)).toBe(0);
      expect(await rig.stream(roomId)).toMatchObject({ length: 5 });
    }
    expect(healthy.counted('pinroom_archive_failures_total')).toBe(0);
  }, 60_000);

  it('two owners of the same tags at once only repeat work', async () => {
    const rig = await openRig({ channelKeep: 5 });
    const rooms = await Promise.all(Array.from({ length: 6 }, () => rig.room()));
    const nodes = await Promise.all([rig.node(), rig.node()]);
    for (const { pump } of nodes) pump.start();
    const perRoom = 400;
    await Promise.all(
      rooms.map(async (roomId) => {
        for (let n = 0; n < perRoom; n += 20) {
          await fill(rig, roomId, 20, n);
          for (const { pump } of nodes) pump.hurry();
        }
      }),
    );
    for (const roomId of rooms) {
      await until(async () => (await rig.stores.queue.countPending(roomId)) === 0, RECOVERY_MS);
      expect(await rig.rows(roomId)).toEqual(whole(perRoom));
      expect((await rig.stream(roomId)).length).toBe(5);
    }
    for (const { pump, counted } of nodes) {
      await pump.stop();
      expect(counted('pinroom_archived_entries_total')).toBeGreaterThan(0);
      expect(counted('pinroom_archive_failures_total')).toBe(0);
    }
  }, 30_000);

  it('an owner that lost its lease in the middle of an insert moves nothing back', async () => {
    const rig = await openRig({ channelKeep: 5 });
    const roomId = await rig.room();
    let goOn = () => {};
    let isStuck = false;
    const gate = new Promise<void>((open) => {
      goOn = open;
    });
    const old = await rig.node(({ archive }) => ({
      archive: {
        insert: async (rows) => {
          isStuck = true;
          await gate;
          await archive.insert(rows);
        },
      },
    }));
    await fill(rig, roomId, 10);
    const late = old.pump.drain(FOREVER);
    await until(() => isStuck);
    const ids = await fill(rig, roomId, 10, 10);
    const heir = await rig.node();
    await heir.pump.drain(FOREVER);
    const position = { archived: ids.at(-1), length: 5 };
    expect(await rig.stream(roomId)).toMatchObject(position);
    goOn();
    await late;
    expect(await rig.stream(roomId)).toMatchObject(position);
    expect(await rig.rows(roomId)).toEqual(whole(20));
    expect(await rig.stores.queue.countPending(roomId)).toBe(0);
    expect(old.counted('pinroom_archive_failures_total')).toBe(0);
  });

  it('PostgreSQL ending every connection again and again: each entry is there once', async () => {
    const rig = await openRig();
    const rooms = await Promise.all([rig.room(), rig.room()]);
    const { pump, counted } = await rig.node();
    pump.start();
    let kills = 0;
    let isFilling = true;
    const killing = (async () => {
      while (isFilling) {
        const { rows } = await rig.observer.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'pinroom'`,
        );
        kills += rows.length;
        pump.hurry();
        await delay(20);
      }
    })();
    let perRoom = 0;
    for (; kills < KILLS; perRoom += 50) {
      await Promise.all(rooms.map((roomId) => fill(rig, roomId, 50, perRoom)));
    }
    isFilling = false;
    await killing;
    for (const roomId of rooms) {
      await until(async () => (await rig.stores.queue.countPending(roomId)) === 0, RECOVERY_MS);
      expect(await rig.rows(roomId)).toEqual(whole(perRoom));
    }
    expect(counted('pinroom_archive_unreadable_total')).toBe(0);
  }, 60_000);
});

describe('an archive that is away', () => {
  const openRig = usePumpRigs();

  it('fills a room’s backlog to its bound, harms no other room, and all is well when it is back', async () => {
    const backlogEntries = 50;
    const rig = await openRig({ backlogEntries });
    const [full, other] = [await rig.room(), await rig.room()];
    const { pump } = await rig.node();
    rig.proxy.set('cut');
    pump.start();
    await appended(rig.stores, full, { payloadJson: '0', key: 'first' });
    await fill(rig, full, backlogEntries - 1, 1);
    expect(await rig.stores.feed.append(appendRequest(full))).toEqual({
      kind: 'refused',
      code: 'backlog_full',
      retryAfterMs: expect.any(Number),
    });
    expect(appendWord(await rig.stores.feed.append(appendRequest(full, { channel: 'host' })))).toBe(
      'backlog_full',
    );
    // What was kept already is answered, whatever waits.
    expect(appendWord(await rig.stores.feed.append(appendRequest(full, { key: 'first' })))).toBe(
      'duplicate',
    );
    await fill(rig, other, 1);
    expect((await rig.stream(full)).length).toBe(backlogEntries);

    rig.proxy.set('pass');
    const next = appendRequest(full, { payloadJson: `${backlogEntries}` });
    await until(
      async () => appendWord(await rig.stores.feed.append(next)) === 'appended',
      RECOVERY_MS,
    );
    for (const roomId of [full, other]) {
      await until(async () => (await rig.stores.queue.countPending(roomId)) === 0, RECOVERY_MS);
    }
    expect(await rig.rows(full)).toEqual(whole(backlogEntries + 1));
    expect(await rig.rows(other)).toEqual(whole(1));
    await fill(rig, full, backlogEntries - 1, backlogEntries + 1);
  }, 40_000);

  it('costs no entry, however few are to be kept in Redis', async () => {
    const rig = await openRig({ channelKeep: 3 });
    const roomId = await rig.room();
    const { pump } = await rig.node();
    pump.start();
    await fill(rig, roomId, 10);
    await until(async () => (await rig.stream(roomId)).length === 3, RECOVERY_MS);
    rig.proxy.set('cut');
    const perRound = 300;
    await fill(rig, roomId, perRound, 10);
    const atWorst = await rig.stream(roomId);
    expect(atWorst.length).toBeGreaterThanOrEqual(perRound);

    let isWatching = true;
    const trimmedTooFar: unknown[] = [];
    const watching = (async () => {
      while (isWatching) {
        const { first, archived, length } = await rig.stream(roomId);
        const isWhole = first !== null && archived !== null && seqOf(first) <= seqOf(archived) + 1;
        if (!isWhole || length < 3) trimmedTooFar.push({ first, archived, length });
      }
    })();
    rig.proxy.set('pass');
    await fill(rig, roomId, perRound, 10 + perRound);
    await until(async () => (await rig.stream(roomId)).length === 3, RECOVERY_MS);
    isWatching = false;
    await watching;
    expect(trimmedTooFar).toEqual([]);
    expect(await rig.rows(roomId)).toEqual(whole(10 + 2 * perRound));
    const { archived } = await rig.stream(roomId);
    const top = await rig.stores.feed.top(roomId, 'room');
    expect(compareEntryIds(archived ?? '', top ?? '')).toBe(0);
  }, 40_000);
});

function seqOf(id: string): number {
  return Number(id.split('-')[1]);
}
