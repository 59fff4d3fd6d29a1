import { beforeAll, describe, expect, it } from 'vitest';
import { PostgresSystemLogArchive } from '../../../src/drivers/postgres/postgres-system-log-archive.js';
import type { SystemLogRange, SystemRecord } from '../../../src/engine/runtime/system-log.port.js';
import { ARCHIVE_DRIVERS, FIRST_START_MS } from './archive-drivers.js';

const ALL: SystemLogRange = { after: null, before: null, limit: 200, take: 'oldest', type: null };

function record(id: string, changes: Partial<SystemRecord> = {}): SystemRecord {
  return {
    id,
    key: `key of ${id}`,
    at: 7,
    nodeId: 'node-1',
    type: 'room-opened',
    level: 'info',
    payload: { roomId: 'r', list: [], text: '\u0000 \ud800 ä' },
    ...changes,
  };
}

describe.each(ARCHIVE_DRIVERS)('the log of the system on $name', ({ open }) => {
  let archive: PostgresSystemLogArchive;
  beforeAll(async () => {
    archive = new PostgresSystemLogArchive(await open());
    await archive.forget(Number.MAX_SAFE_INTEGER, 1_000);
  }, FIRST_START_MS);

  const ids = async (range: Partial<SystemLogRange> = {}) =>
    (await archive.read({ ...ALL, ...range })).map(({ id }) => id);

  it('[SYSTEM-5] keeps entries as they are, once, however often they come', async () => {
    const entries = [record('1000-0'), record('1000-1', { type: 'abuse', level: 'warn' })];
    await archive.insert(entries);
    await archive.insert([...entries, record('1001-0')]);
    await archive.insert([]);
    const { key: _, ...kept } = record('1000-1', { type: 'abuse', level: 'warn' });
    const read = await archive.read(ALL);
    expect(read).toHaveLength(3);
    expect(read[1]).toEqual(kept);
  });

  it('[SYSTEM-5] keeps two entries that got the same id in two lives of the data', async () => {
    await archive.insert([record('1000-1', { key: 'another', payload: { roomId: 'other' } })]);
    expect(await ids()).toEqual(['1000-0', '1000-1', '1000-1', '1001-0']);
  });

  it('[SYSTEM-6] reads pages both ways, their ends exclusive, by number and not as text', async () => {
    await archive.insert(['1001-10', '1001-9', '999-5'].map((id) => record(id)));
    expect(await ids({ after: '1000-1' })).toEqual(['1001-0', '1001-9', '1001-10']);
    expect(await ids({ take: 'newest', limit: 2 })).toEqual(['1001-9', '1001-10']);
    expect(await ids({ take: 'newest', limit: 1, before: '1000-0' })).toEqual(['999-5']);
    expect(await ids({ after: '1000-1', before: '1001-10' })).toEqual(['1001-0', '1001-9']);
  });

  it('[SYSTEM-6] reads one type alone', async () => {
    expect(await ids({ type: 'abuse' })).toEqual(['1000-1']);
    expect(await ids({ type: 'node-down' })).toEqual([]);
  });

  it('[SYSTEM-7] forgets what is old, the oldest first, and no more than is said', async () => {
    expect(await archive.forget(1_001, 2)).toBe(2);
    expect((await ids())[0]).toBe('1000-1');
    expect(await archive.forget(1_001, 100)).toBe(2);
    expect(await ids()).toEqual(['1001-0', '1001-9', '1001-10']);
    expect(await archive.forget(1_001, 100)).toBe(0);
  });
});
