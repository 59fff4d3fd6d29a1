import { describe, expect, it } from 'vitest';
import { unavailable } from '../../../src/engine/runtime/app-error.js';
import { until } from '../../support/until.js';
import { appended } from '../stores/sample-rooms.js';
import { fill, type PumpRig, usePumpRigs, whole } from './pump-rig.js';

/** Only a server can be told by a trigger to refuse rows as it would by itself. */

const FOREVER = new AbortController().signal;
const RECOVERY_MS = 15_000;
const POISON = '"poison"';

/** Makes the archive refuse what `condition` says of a new row, with this SQLSTATE. */
async function refuse({ observer }: PumpRig, condition: string, state: string): Promise<void> {
  await observer.query(`
    create or replace function refuse() returns trigger language plpgsql as $$
    begin
      if ${condition} then raise exception 'refused by the test' using errcode = '${state}'; end if;
      return new;
    end $$;
    create or replace trigger refuse before insert on entries for each row execute function refuse()`);
}

async function takeAll({ observer }: PumpRig): Promise<void> {
  await observer.query('drop trigger refuse on entries');
}

describe('entries that PostgreSQL refuses', () => {
  const openRig = usePumpRigs();

  const isPoison = `new.payload = '${POISON}'`;

  it.each(['22P05', '22003', '23514', '54000'])(
    'leave a tombstone each and are counted, all others are kept (SQLSTATE %s)',
    async (state) => {
      const rig = await openRig();
      await refuse(rig, isPoison, state);
      const [sick, healthy] = [await rig.room(), await rig.room()];
      // The first one, two side by side, and the last one.
      const bad = new Set([0, 400, 401, 999]);
      for (let n = 0; n < 1_000; n++) {
        const payloadJson = bad.has(n) ? POISON : `${n}`;
        await appended(rig.stores, sick, { payloadJson, key: `key ${n}` });
      }
      await fill(rig, healthy, 50);
      const { pump, counted } = await rig.node();
      pump.start();
      for (const roomId of [sick, healthy]) {
        await until(async () => (await rig.stores.queue.countPending(roomId)) === 0, RECOVERY_MS);
      }
      expect(await rig.rows(sick)).toEqual(
        whole(1_000).map((row) =>
          bad.has(row.seq) ? { seq: row.seq, type: 'unreadable', payload: 'null' } : row,
        ),
      );
      expect(await rig.rows(healthy)).toEqual(whole(50));
      expect(counted('pinroom_archive_unreadable_total')).toBe(bad.size);
      expect(counted('pinroom_archive_failures_total')).toBe(0);
      expect(counted('pinroom_archived_entries_total')).toBe(1_050);
    },
    30_000,
  );

  it('stop nothing when a crash follows their tombstone and they are taken afterwards', async () => {
    const rig = await openRig();
    await refuse(rig, isPoison, '22P05');
    const roomId = await rig.room();
    await appended(rig.stores, roomId, { payloadJson: POISON });
    await fill(rig, roomId, 5, 1);
    const crashing = await rig.node(({ queue }) => ({
      queue: {
        listPending: (tags, limit) => queue.listPending(tags, limit),
        readPending: (channels, limit) => queue.readPending(channels, limit),
        confirm: async () => {
          throw unavailable('This node');
        },
      },
    }));
    await expect(crashing.pump.drain(FOREVER)).rejects.toMatchObject({ code: 'unavailable' });
    await takeAll(rig);
    const { pump, counted } = await rig.node();
    await pump.drain(FOREVER);
    expect(await rig.stores.queue.countPending(roomId)).toBe(0);
    const [tombstone, ...rest] = await rig.rows(roomId);
    expect(tombstone).toEqual({ seq: 0, type: 'unreadable', payload: 'null' });
    expect(rest).toEqual(whole(6).slice(1));
    expect(counted('pinroom_archive_failures_total')).toBe(0);
  });

  it('hold up their own channel alone where even a tombstone is refused, until it is taken', async () => {
    const rig = await openRig();
    const [sick, healthy] = [await rig.room(), await rig.room()];
    await refuse(rig, `new.room_id = '${sick}' and new.seq = 3`, '23514');
    await fill(rig, sick, 10);
    await fill(rig, healthy, 10);
    const { pump, counted } = await rig.node();
    pump.start();
    await until(async () => (await rig.stores.queue.countPending(healthy)) === 0, RECOVERY_MS);
    await until(() => counted('pinroom_archive_failures_total') > 0, RECOVERY_MS);
    expect(await rig.rows(healthy)).toEqual(whole(10));
    expect(await rig.stores.queue.countPending(sick)).toBe(10);
    await takeAll(rig);
    await until(async () => (await rig.stores.queue.countPending(sick)) === 0, RECOVERY_MS);
    expect(await rig.rows(sick)).toEqual(whole(10));
  }, 30_000);
});

describe('a PostgreSQL that cannot work for now', () => {
  const openRig = usePumpRigs();

  it.each([
    ['53100', 'its disk is full'],
    ['53300', 'it has too many connections'],
    ['57014', 'it cancels what takes too long'],
    ['57P01', 'it is being stopped'],
    ['08006', 'a connection of its own failed'],
    ['40001', 'transactions cross each other'],
  ])(
    'takes nothing for unreadable (SQLSTATE %s: %s), and then has it all',
    async (state) => {
      const rig = await openRig();
      const rooms = [await rig.room(), await rig.room()];
      await refuse(rig, 'true', state);
      await Promise.all(rooms.map((roomId) => fill(rig, roomId, 100)));
      const { pump, counted } = await rig.node();
      pump.start();
      // Beyond the failures after which the database counts as away.
      await until(() => counted('pinroom_archive_failures_total') >= 3, RECOVERY_MS);
      for (const roomId of rooms) {
        expect(await rig.rows(roomId)).toEqual([]);
        expect(await rig.stores.queue.countPending(roomId)).toBe(100);
      }
      await takeAll(rig);
      for (const roomId of rooms) {
        await until(async () => (await rig.stores.queue.countPending(roomId)) === 0, RECOVERY_MS);
        expect(await rig.rows(roomId)).toEqual(whole(100));
      }
      expect(counted('pinroom_archive_unreadable_total')).toBe(0);
    },
    40_000,
  );
});
