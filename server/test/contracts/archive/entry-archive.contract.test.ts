import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/drivers/postgres/database.js';
import { PostgresEntryArchive } from '../../../src/drivers/postgres/postgres-entry-archive.js';
import {
  type ArchiveRow,
  ContentConflict,
} from '../../../src/engine/history/entry-archive.port.js';
import { RowsRefused } from '../../../src/engine/runtime/rows-refused.js';
import { ARCHIVE_DRIVERS, FIRST_START_MS, patiently } from './archive-drivers.js';

const EPOCH = 1_760_000_000_000;

function row(changes: Partial<ArchiveRow> = {}): ArchiveRow {
  return {
    roomId: randomUUID(),
    channel: 'room',
    epoch: EPOCH,
    seq: 0,
    at: EPOCH + 5,
    type: 'chat',
    userId: '0190c0de-0000-7000-8000-000000000001',
    nickname: 'Zoë 🐙',
    payload: '{"text":"hello"}',
    key: null,
    after: null,
    ...changes,
  };
}

function rowsOf(roomId: string, count: number, changes: Partial<ArchiveRow> = {}): ArchiveRow[] {
  return Array.from({ length: count }, (_, seq) =>
    row({ roomId, seq, payload: JSON.stringify({ seq }), ...changes }),
  );
}

/** The rows of a later epoch before which everything up to `after` survived. */
function behind(after: string, rows: readonly ArchiveRow[]): ArchiveRow[] {
  return rows.map((one) => (one.seq === 0 ? { ...one, after } : one));
}

describe.each(ARCHIVE_DRIVERS)('entry archive on $name', ({ open }) => {
  let database: Database;
  let entries: PostgresEntryArchive;
  beforeAll(async () => {
    database = await open();
    entries = new PostgresEntryArchive(database);
  }, FIRST_START_MS);

  const read = (roomId: string, range: { after?: string; before?: string; limit?: number } = {}) =>
    entries.readEntries({
      roomId,
      channel: 'room',
      after: range.after ?? null,
      before: range.before ?? null,
      limit: range.limit ?? 1_000,
      take: 'oldest',
    });

  const keptPayload = async (roomId: string) => {
    const { rows } = await sql<{ payload: string; bytes: number }>`
      select payload, octet_length(payload) as bytes from entries
      where room_id = ${roomId}::uuid`.execute(database.queries);
    return rows[0];
  };

  it('[ARCHIVE-6] finds entries by their sender and key: the newest that counts and is young enough', async () => {
    const roomId = randomUUID();
    const userId = randomUUID();
    const mine = { roomId, userId, key: 'k' };
    await entries.insert([
      row({ ...mine, seq: 0, at: EPOCH }),
      row({ ...mine, seq: 1, at: EPOCH + 5 }),
      row({ ...mine, seq: 2, at: EPOCH + 5, key: 'old' }),
      row({ roomId, seq: 3, at: EPOCH + 5, key: 'k', userId: null, nickname: null }),
      row({ ...mine, seq: 4, at: EPOCH + 5, key: 'void' }),
      row({ ...mine, epoch: EPOCH + 1, at: EPOCH + 6, key: 'x', after: `${EPOCH}-3` }),
    ]);
    const name = { roomId, channel: 'room', userId, key: 'k' };
    const names = [
      name,
      { ...name, userId: null },
      { ...name, key: 'none' },
      { ...name, key: 'void' },
      { ...name, channel: 'host' },
      { ...name, roomId: randomUUID() },
      { ...name, userId: randomUUID() },
      name,
    ];
    const [first, second] = [
      { id: `${EPOCH}-1`, at: EPOCH + 5 },
      { id: `${EPOCH}-3`, at: EPOCH + 5 },
    ];
    expect(await entries.findByKeys(names, EPOCH)).toEqual([
      first,
      second,
      ...[null, null, null, null, null],
      first,
    ]);
    expect(await entries.findByKeys([name], EPOCH + 6)).toEqual([null]);
    expect(await entries.findByKeys([], EPOCH)).toEqual([]);
  });

  describe('insert', () => {
    it.each([
      ['unicode', '{"t":"Zoë 🐙 \u2028 中文 \u{10ffff}"}'],
      ['an escaped NUL', '"\\u0000 and \\\\u0000"'],
      ['escaped lone surrogates', '"\\ud800 \\udfff"'],
      ['a number beyond every range', '[1e400, -1e400000, 1E-999]'],
      ['long integers and digits', '[12345678901234567890, 1.10, 1.0, 0.1e1, -0]'],
      ['key order, repeated keys, spaces', '{"b": 1,\n "a":2, "b":3 }'],
      ['empty things', '[[],{},"",null]'],
      ['quotes and backslashes', '"\\"\\\\\\/\\n"'],
    ])('[ARCHIVE-1] keeps a payload byte for byte: %s', async (_, payload) => {
      const one = row({ payload });
      await entries.insert([one]);
      await entries.insert([one]);
      expect(await keptPayload(one.roomId)).toEqual({ payload, bytes: Buffer.byteLength(payload) });
      expect((await read(one.roomId))[0]?.payload).toEqual(JSON.parse(payload));
    });

    it('[ARCHIVE-1] the same rows again, alone or among new ones, are fine', async () => {
      const roomId = randomUUID();
      const rows = rowsOf(roomId, 30);
      await entries.insert(rows.slice(0, 20));
      await entries.insert(rows.slice(0, 20));
      await entries.insert(rows);
      await entries.insert([...rows, ...rows]);
      expect(await read(roomId)).toHaveLength(30);
    });

    it.each([
      ['payload', { payload: '{"text": "hello"}' }],
      ['type', { type: 'other' }],
      ['author', { userId: randomUUID() }],
      ['nickname', { nickname: 'Zoe' }],
      ['no author', { userId: null, nickname: null }],
      ['time', { at: EPOCH + 6 }],
      ['key', { key: 'k' }],
      ['predecessor', { after: '1-1' }],
    ])(
      '[ARCHIVE-1] another %s under the same id is a conflict, and nothing is inserted',
      async (_, change) => {
        const one = row();
        await entries.insert([one]);
        const other = { ...one, ...change };
        const attempt = entries.insert([row({ roomId: one.roomId, seq: 1 }), other]);
        const fault = await attempt.catch((error: unknown) => error);
        expect(fault).toBeInstanceOf(ContentConflict);
        expect((fault as ContentConflict).rows).toEqual([other]);
        expect(await read(one.roomId)).toHaveLength(1);
      },
    );

    it('[ARCHIVE-1] two contents under one id in one call are a conflict', async () => {
      const one = row();
      await expect(entries.insert([one, { ...one, payload: '2' }])).rejects.toBeInstanceOf(
        ContentConflict,
      );
      expect(await read(one.roomId)).toEqual([]);
    });

    it('[ARCHIVE-1] 10,000 rows in one call', async () => {
      const roomId = randomUUID();
      const rows = rowsOf(roomId, 10_000);
      await patiently(() => entries.insert(rows));
      expect(await entries.lastIds(roomId)).toEqual(new Map([['room', `${EPOCH}-9999`]]));
      const block = { roomId, channel: 'room', epoch: EPOCH, from: 0, size: 10_000 };
      expect((await entries.readBlock(block)).map(({ payload }) => payload)).toEqual(
        Array.from({ length: 10_000 }, (_, seq) => ({ seq })),
      );
    });

    it('[ARCHIVE-1] a conflict at the end of many rows leaves none of them', async () => {
      const roomId = randomUUID();
      const rows = rowsOf(roomId, 5_000);
      await entries.insert([row({ roomId, seq: 4_999 })]);
      await expect(entries.insert(rows)).rejects.toBeInstanceOf(ContentConflict);
      expect(await read(roomId)).toHaveLength(1);
    });

    it('[ARCHIVE-1] writers of overlapping rows in any order all succeed', async () => {
      const roomId = randomUUID();
      const rows = rowsOf(roomId, 400);
      await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          entries.insert(n % 2 === 0 ? rows.slice(n * 20) : rows.toReversed().slice(n * 20)),
        ),
      );
      expect(await read(roomId)).toHaveLength(400);
    });

    it.each([
      ['a NUL in a nickname', { nickname: 'a\u0000b' }],
      ['a NUL in the payload', { payload: '"\u0000"' }],
      ['a lone surrogate', { payload: '"\ud800"' }],
      ['no uuid', { userId: 'nobody' }],
      ['a number that no bigint holds', { at: 1e300 }],
    ])('[ARCHIVE-1] what the archive never takes is refused whole: %s', async (_, change) => {
      const good = row();
      const bad = row({ roomId: good.roomId, seq: 1, ...change });
      await expect(entries.insert([good, bad])).rejects.toBeInstanceOf(RowsRefused);
      expect(await read(good.roomId)).toEqual([]);
      await entries.insert([good]);
    });

    it('[ARCHIVE-1] a tombstone is an entry like others', async () => {
      const one = row({ type: 'unreadable', payload: 'null', userId: null, nickname: null });
      await entries.insert([one]);
      expect(await read(one.roomId)).toEqual([
        {
          id: `${EPOCH}-0`,
          roomId: one.roomId,
          channel: 'room',
          type: 'unreadable',
          from: null,
          payload: null,
          at: one.at,
        },
      ]);
    });

    it('[ARCHIVE-1] an entry whose tombstone is there already leaves it as it is', async () => {
      const one = row({ key: 'k' });
      const tomb = { type: 'unreadable', payload: 'null', userId: null, nickname: null, key: null };
      await entries.insert([{ ...one, ...tomb }]);
      const next = row({ roomId: one.roomId, seq: 1 });
      await entries.insert([one, next]);
      expect((await read(one.roomId)).map(({ type }) => type)).toEqual(['unreadable', next.type]);
      const elsewhere = { ...one, at: one.at + 1 };
      await expect(entries.insert([elsewhere])).rejects.toBeInstanceOf(ContentConflict);
    });

    it('[ARCHIVE-5] what a later epoch says was lost is given to nobody, and stays', async () => {
      const roomId = randomUUID();
      await entries.insert(rowsOf(roomId, 6));
      const other = rowsOf(roomId, 2, { channel: 'host' });
      await entries.insert(other);
      const later = EPOCH + 10;
      const after = `${EPOCH}-3`;
      const next = row({ roomId, epoch: later, after });
      await entries.insert([next, row({ roomId, epoch: later, seq: 1 })]);
      const survived = [0, 1, 2, 3].map((seq) => `${EPOCH}-${seq}`);
      const whole = [...survived, `${later}-0`, `${later}-1`];
      expect((await read(roomId)).map(({ id }) => id)).toEqual(whole);
      const block = { roomId, channel: 'room', epoch: EPOCH, from: 0, size: 100 };
      expect((await entries.readBlock(block)).map(({ id }) => id)).toEqual(survived);
      expect((await entries.readBlock({ ...block, channel: 'host' })).length).toBe(other.length);
      const { rows } = await sql<{ seq: number }>`select seq from entries
        where room_id = ${roomId}::uuid and voided order by seq`.execute(database.queries);
      expect(rows.map(({ seq }) => Number(seq))).toEqual([4, 5]);
      // The pump may repeat itself, and a second loss may follow.
      await entries.insert([...rowsOf(roomId, 6), next]);
      await entries.insert([row({ roomId, epoch: later + 5, after: `${EPOCH}-1` })]);
      expect((await read(roomId)).map(({ id }) => id)).toEqual([
        ...survived.slice(0, 2),
        `${later + 5}-0`,
      ]);
      expect((await entries.lastIds(roomId)).get('room')).toBe(`${later + 5}-0`);
    });

    it('[ARCHIVE-5] also where the lost rows come after the epoch that says so', async () => {
      const roomId = randomUUID();
      const [early, late] = [rowsOf(roomId, 6).slice(0, 4), rowsOf(roomId, 6).slice(2)];
      await entries.insert(early);
      await entries.insert([row({ roomId, epoch: EPOCH + 1, after: `${EPOCH}-3` })]);
      await entries.insert(late);
      const other = rowsOf(randomUUID(), 2);
      await entries.insert([...other, ...late]);
      const survived = [0, 1, 2, 3].map((seq) => `${EPOCH}-${seq}`);
      expect((await read(roomId)).map(({ id }) => id)).toEqual([...survived, `${EPOCH + 1}-0`]);
      expect(await read(other[0]?.roomId ?? '')).toHaveLength(2);
    });

    it('[ARCHIVE-5] an epoch without a predecessor says that nothing survived', async () => {
      const roomId = randomUUID();
      await entries.insert(rowsOf(roomId, 2));
      await entries.insert([row({ roomId, epoch: EPOCH + 1 })]);
      expect((await read(roomId)).map(({ id }) => id)).toEqual([`${EPOCH + 1}-0`]);
    });

    it('[ARCHIVE-1] no rows are no work', async () => {
      await entries.insert([]);
    });
  });

  describe('readEntries', () => {
    it('[ARCHIVE-2] an entry comes back with all it had', async () => {
      const one = row({ key: 'k-1', after: '17-4' });
      await entries.insert([one]);
      expect(await read(one.roomId)).toEqual([
        {
          id: `${EPOCH}-0`,
          roomId: one.roomId,
          channel: 'room',
          type: 'chat',
          from: { userId: one.userId, nickname: one.nickname },
          payload: { text: 'hello' },
          at: one.at,
          key: 'k-1',
          after: '17-4',
        },
      ]);
    });

    it('[ARCHIVE-2] bounds are exclusive and compare by epoch, then seq, over epochs', async () => {
      const roomId = randomUUID();
      await entries.insert([
        ...rowsOf(roomId, 12, { epoch: 9 }),
        ...behind('9-11', rowsOf(roomId, 12, { epoch: 10 })),
        ...rowsOf(roomId, 3, { channel: 'host', epoch: 10 }),
        ...rowsOf(randomUUID(), 3, { epoch: 10 }),
      ]);
      const ids = async (range: Parameters<typeof read>[1], take: 'oldest' | 'newest') => {
        const found = await entries.readEntries({
          roomId,
          channel: 'room',
          after: range?.after ?? null,
          before: range?.before ?? null,
          limit: range?.limit ?? 100,
          take,
        });
        return found.map(({ id }) => id);
      };
      expect(await ids({ after: '9-9', limit: 4 }, 'oldest')).toEqual([
        '9-10',
        '9-11',
        '10-0',
        '10-1',
      ]);
      expect(await ids({ before: '10-2', limit: 4 }, 'newest')).toEqual([
        '9-10',
        '9-11',
        '10-0',
        '10-1',
      ]);
      expect(await ids({ after: '9-10', before: '10-1' }, 'newest')).toEqual(['9-11', '10-0']);
      expect(await ids({ limit: 2 }, 'newest')).toEqual(['10-10', '10-11']);
      expect(await ids({ limit: 2 }, 'oldest')).toEqual(['9-0', '9-1']);
      expect(await ids({}, 'oldest')).toHaveLength(24);
      expect(await ids({ after: '10-11' }, 'oldest')).toEqual([]);
    });

    it('[ARCHIVE-2] a bound that is no id is a bad request', async () => {
      await expect(read(randomUUID(), { after: 'x' })).rejects.toMatchObject({
        code: 'bad_request',
      });
    });
  });

  it('[ARCHIVE-3] a block holds its own seqs of its epoch, ascending', async () => {
    const roomId = randomUUID();
    const next = rowsOf(roomId, 250, { epoch: EPOCH + 1 });
    await entries.insert([...rowsOf(roomId, 250), ...behind(`${EPOCH}-249`, next)]);
    const block = { roomId, channel: 'room', epoch: EPOCH, size: 100 };
    const full = await entries.readBlock({ ...block, from: 100 });
    expect(full.map(({ id }) => id)).toEqual(
      Array.from({ length: 100 }, (_, n) => `${EPOCH}-${100 + n}`),
    );
    expect(await entries.readBlock({ ...block, from: 200 })).toHaveLength(50);
    expect(await entries.readBlock({ ...block, from: 300 })).toEqual([]);
  });

  it('[ARCHIVE-4] the newest id of each channel', async () => {
    const roomId = randomUUID();
    const own = `user:${randomUUID()}`;
    await entries.insert([
      ...rowsOf(roomId, 12, { epoch: 9 }),
      ...rowsOf(roomId, 3, { epoch: 10 }),
      ...rowsOf(roomId, 11, { channel: 'host', epoch: 10 }),
      ...rowsOf(roomId, 1, { channel: own, epoch: 10 }),
      ...rowsOf(randomUUID(), 50, { channel: 'log' }),
    ]);
    expect(await entries.lastIds(roomId)).toEqual(
      new Map([
        ['room', '10-2'],
        ['host', '10-10'],
        [own, '10-0'],
      ]),
    );
    expect(await entries.lastIds(randomUUID())).toEqual(new Map());
  });
});
