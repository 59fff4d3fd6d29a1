import { describe, expect, it } from 'vitest';
import { unavailable } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import { silentLogger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import { RowsRefused } from '../runtime/rows-refused.js';
import { ArchivePump } from './archive-pump.js';
import type { PendingChannel } from './archive-queue.port.js';
import { type ArchiveRow, ContentConflict } from './entry-archive.port.js';

/** A clock that stands still until a test moves it. */
class TestClock implements Clock {
  time = 1_000_000;
  now = () => this.time;
  /** Told when a loop pauses. */
  onPause: () => void = () => {};
  /** A loop's pause lasts until it is stopped. */
  sleep = async (_ms: number, signal?: AbortSignal) => {
    if (!signal || signal.aborted) return;
    this.onPause();
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  };
  after = () => ({ cancel() {} });
}

function row(roomId: string, seq: number): ArchiveRow {
  return {
    roomId,
    channel: 'room',
    epoch: 1,
    seq,
    at: 1,
    type: 'chat',
    userId: null,
    nickname: null,
    payload: `${seq}`,
    key: null,
    after: null,
  };
}

/** Rooms with entries to archive, and what the archive makes of them. */
class House {
  readonly clock = new TestClock();
  readonly waiting = new Map<string, ArchiveRow[]>();
  readonly archived: string[] = [];
  readonly counts = new Map<string, number>();
  insertFault: (row: ArchiveRow) => Error | null = () => null;
  memberFault: (row: ArchiveRow) => Error | null = () => null;
  inserts = 0;
  /** Payload bytes that a read may bring; beyond it there is no answer in time. */
  readBound = Number.POSITIVE_INFINITY;
  /** Entries that each read brought; null: none came. */
  readonly reads: (number | null)[] = [];
  onConfirm: (roomId: string) => void = () => {};

  /** What the pump said of how long entries wait. */
  readonly waited: (number | 'settled')[] = [];

  readonly #metrics: Metrics = {
    count: (name, _labels, by = 1) => {
      this.counts.set(name, (this.counts.get(name) ?? 0) + by);
    },
    set() {},
    observe() {},
  };

  readonly pump = new ArchivePump({
    queue: {
      listPending: async (_tags, limit) =>
        [...this.waiting]
          .filter(([, rows]) => rows.length > 0)
          .slice(0, limit)
          .map(([roomId]) => ({ roomId, channel: 'room' })),
      readPending: async (channels, limit) => {
        const batches = channels.map(({ roomId, channel }: PendingChannel) => {
          const rows = this.waiting.get(roomId)?.slice(0, limit) ?? [];
          const last = rows.at(-1);
          return { roomId, channel, rows, lastId: last ? `1-${last.seq}` : null };
        });
        const rows = batches.flatMap((batch) => batch.rows);
        const bytes = rows.reduce((sum, { payload }) => sum + payload.length, 0);
        this.reads.push(bytes > this.readBound ? null : rows.length);
        if (bytes > this.readBound) throw unavailable('Redis');
        return batches;
      },
      confirm: async (batches) => {
        for (const { roomId, lastId } of batches) {
          const seq = Number(lastId.slice(2));
          const rest = this.waiting.get(roomId)?.filter((each) => each.seq > seq) ?? [];
          this.waiting.set(roomId, rest);
          this.onConfirm(roomId);
        }
      },
    },
    archive: {
      insert: async (rows) => {
        this.inserts += 1;
        for (const each of rows) {
          const fault = this.insertFault(each);
          if (fault) throw fault;
        }
        for (const each of rows) this.archived.push(`${each.roomId} ${each.seq} ${each.type}`);
      },
    },
    onRows: async (rows) => {
      for (const each of rows) {
        const fault = this.memberFault(each);
        if (fault) throw fault;
      }
    },
    tags: () => ['00'],
    lag: {
      waits: (since) => void this.waited.push(since),
      settle: () => void this.waited.push('settled'),
    },
    clock: this.clock,
    logger: silentLogger,
    metrics: this.#metrics,
  });

  constructor(rooms: number, entries = 1, payload?: string) {
    for (let n = 0; n < rooms; n++) {
      const roomId = `r${n}`;
      this.waiting.set(
        roomId,
        Array.from({ length: entries }, (_, seq) => ({
          ...row(roomId, seq),
          ...(payload === undefined ? {} : { payload }),
        })),
      );
    }
  }

  get left(): string[] {
    return [...this.waiting].filter(([, rows]) => rows.length > 0).map(([roomId]) => roomId);
  }

  drain(): Promise<void> {
    return this.pump.drain(new AbortController().signal);
  }

  /** One round of the loop, or as many as it asks for at once. */
  async round(): Promise<void> {
    const paused = new Promise<void>((resolve) => {
      this.clock.onPause = resolve;
    });
    this.pump.start();
    await paused;
    await this.pump.stop();
  }
}

describe('the archive pump', () => {
  it('says how long entries have waited, and once a round has carried all', async () => {
    const house = new House(2, 3);
    await house.round();
    expect(house.waited).toEqual([1, 1, 'settled']);
  });

  it('says that nothing is over while the archive is away', async () => {
    const house = new House(1);
    house.insertFault = () => unavailable('PostgreSQL');
    await house.round();
    expect(house.waited).toEqual([1]);
  });

  it('carries everything that waits', async () => {
    const house = new House(200, 3);
    await house.drain();
    expect(house.left).toEqual([]);
    expect(house.archived).toHaveLength(600);
    expect(house.counts.get('pinroom_archived_entries_total')).toBe(600);
  });

  it('carries a channel to its end, however much it holds', async () => {
    const house = new House(1, 1_700);
    await house.drain();
    expect(house.left).toEqual([]);
    expect(house.archived).toHaveLength(1_700);
  });

  it('puts off a channel that the archive disagrees with, and carries the others', async () => {
    const house = new House(130);
    house.insertFault = (each) => (each.roomId === 'r77' ? new ContentConflict([each]) : null);
    await house.drain();
    expect(house.left).toEqual(['r77']);
    expect(house.counts.get('pinroom_archive_failures_total')).toBe(1);
  });

  it('puts off a channel whose members cannot be written down, and carries the others', async () => {
    const house = new House(70);
    house.memberFault = (each) => (each.roomId === 'r3' ? new Error('no such member') : null);
    await house.drain();
    expect(house.left).toEqual(['r3']);
  });

  it('tries a channel again later, after growing pauses, and then carries it', async () => {
    const house = new House(1);
    const { clock } = house;
    house.insertFault = () => new Error('broken');
    await house.round();
    expect(house.inserts).toBe(1);
    await house.round();
    expect(house.inserts).toBe(1);
    clock.time += 1_000;
    await house.round();
    expect(house.inserts).toBe(2);
    clock.time += 1_000;
    await house.round();
    expect(house.inserts).toBe(2);
    house.insertFault = () => null;
    clock.time += 1_000;
    await house.round();
    expect(house.left).toEqual([]);
  });

  it('drains what was put off, too', async () => {
    const house = new House(3);
    house.insertFault = (each) => (each.roomId === 'r1' ? new Error('broken') : null);
    await house.round();
    expect(house.left).toEqual(['r1']);
    house.insertFault = () => null;
    await house.drain();
    expect(house.left).toEqual([]);
  });

  it('takes an archive that is away for no fault of a channel', async () => {
    const house = new House(5);
    house.insertFault = () => unavailable('PostgreSQL');
    await expect(house.drain()).rejects.toMatchObject({ code: 'unavailable' });
    house.insertFault = () => null;
    await house.drain();
    expect(house.left).toEqual([]);
  });

  it('leaves a tombstone for an entry that is refused for good', async () => {
    const house = new House(3, 4);
    house.insertFault = (each) =>
      each.roomId === 'r1' && each.seq === 2 && each.type === 'chat'
        ? new RowsRefused(new Error('22P05'))
        : null;
    await house.drain();
    expect(house.left).toEqual([]);
    expect(house.archived.filter((each) => each.endsWith('unreadable'))).toEqual([
      'r1 2 unreadable',
    ]);
  });

  it('drains what waited, even while others add more and more', async () => {
    const house = new House(10, 2);
    let seq = 100;
    house.onConfirm = (roomId) => house.waiting.get(roomId)?.push(row(roomId, seq++));
    await house.drain();
    expect(house.archived).toHaveLength(20);
  });

  it('does not begin to drain once its time is over', async () => {
    const house = new House(10);
    await house.pump.drain(AbortSignal.abort());
    expect(house.archived).toEqual([]);
  });

  it('gets through large entries where only small answers come in time', async () => {
    const house = new House(64, 20, 'x'.repeat(15_000));
    house.readBound = 2_500_000;
    await house.drain();
    expect(house.left).toEqual([]);
    expect(house.archived).toHaveLength(64 * 20);
    expect(house.reads.filter((read) => read === null).length).toBeLessThan(3);
  });

  it('gets through the largest entries where hardly any answer comes in time', async () => {
    const house = new House(70, 3, 'x'.repeat(16_000));
    house.readBound = 130_000;
    for (let n = 0; n < 20 && house.left.length > 0; n++) await house.round();
    expect(house.left).toEqual([]);
  });

  it('reads little again after an outage, in which large entries may have piled up', async () => {
    const house = new House(2_000, 2);
    await house.drain();
    house.insertFault = () => unavailable('PostgreSQL');
    for (let n = 0; n < 64; n++) {
      house.waiting.set(`r${n}`, [row(`r${n}`, 100)]);
    }
    await expect(house.drain()).rejects.toMatchObject({ code: 'unavailable' });
    for (let n = 0; n < 64; n++) {
      const rows = Array.from({ length: 50 }, (_, seq) => row(`r${n}`, 100 + seq));
      house.waiting.set(`r${n}`, rows);
    }
    house.reads.length = 0;
    house.insertFault = () => null;
    await house.drain();
    expect(house.left).toEqual([]);
    expect(house.reads[0]).toBeLessThanOrEqual(400);
  });

  it('reads much at once while entries are small', async () => {
    const house = new House(64, 500);
    await house.drain();
    expect(house.left).toEqual([]);
    expect(Math.max(...house.reads.map((read) => read ?? 0))).toBeGreaterThan(3_000);
    expect(house.reads.length).toBeLessThan(20);
  });
});
