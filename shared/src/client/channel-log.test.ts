import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareEntryIds } from '../entry-id.js';
import type { Entry } from '../model.js';
import { CHANNEL_START, ChannelLog, type LogEvent } from './channel-log.js';

function entry(id: string, after?: string): Entry {
  const base = { id, roomId: 'r', channel: 'room', type: 't', from: null, payload: id, at: 0 };
  return after === undefined ? base : { ...base, after };
}

function newLog(options: { keep?: number; maxHeld?: number } = {}): ChannelLog {
  return new ChannelLog({ keep: 1_000, maxHeld: 1_000, ...options });
}

/** A log that stands at the given ids. */
function logAt(ids: readonly string[]): ChannelLog {
  const log = newLog();
  const lastId = ids.at(-1) ?? null;
  log.snapshot({ entries: ids.map((id) => entry(id)), lastId, complete: true }, undefined);
  return log;
}

function told(events: readonly LogEvent[]): string[] {
  return events.map((event) => {
    switch (event.kind) {
      case 'entry':
        return event.entry.id;
      case 'reset':
        return `reset>${event.after}`;
      default:
        return `hole>${event.after}..${event.next}`;
    }
  });
}

describe('a channel as its reader sees it', () => {
  it('[CLIENT-1] hands on what follows, and nothing twice', () => {
    const log = logAt(['5-0']);
    expect(told(log.live(entry('5-1')))).toEqual(['5-1']);
    expect(told(log.live(entry('5-1')))).toEqual([]);
    expect(told(log.live(entry('5-0')))).toEqual([]);
    expect(log.isBehind).toBe(false);
  });

  it('[CLIENT-1] holds what comes too early until the gap is filled', () => {
    const log = logAt(['5-0']);
    expect(told(log.live(entry('5-3')))).toEqual([]);
    expect(log.isBehind).toBe(true);
    expect(told(log.page([entry('5-1'), entry('5-2')], true))).toEqual(['5-1', '5-2', '5-3']);
    expect(log.isBehind).toBe(false);
  });

  it('[CLIENT-1] an incomplete answer leaves it behind until the last page', () => {
    const log = logAt(['5-0']);
    const answer = { entries: [entry('5-1')], lastId: '5-1', complete: false };
    expect(told(log.snapshot(answer, '5-0'))).toEqual(['5-1']);
    expect(log.isBehind).toBe(true);
    expect(told(log.page([], true))).toEqual([]);
    expect(log.isBehind).toBe(false);
  });

  it('[CLIENT-2] a new epoch drops what it does not continue', () => {
    const log = logAt(['5-0', '5-1', '5-2']);
    expect(told(log.live(entry('9-0', '5-1')))).toEqual(['reset>5-1', '9-0']);
    expect(log.entries.map(({ id }) => id)).toEqual(['5-0', '5-1', '9-0']);
  });

  it('[CLIENT-2] a new epoch without predecessors drops everything', () => {
    const log = logAt(['5-0', '5-1']);
    expect(told(log.live(entry('9-0')))).toEqual(['reset>null', '9-0']);
  });

  it('[CLIENT-2] a new epoch above what is held is a gap first', () => {
    const log = logAt(['5-0']);
    expect(told(log.live(entry('9-0', '5-1')))).toEqual([]);
    expect(told(log.page([entry('5-1')], true))).toEqual(['5-1', '9-0']);
  });

  it('[CLIENT-2] a join answer below the position drops what lies above', () => {
    const log = logAt(['5-0', '5-1', '5-2']);
    const answer = { entries: [], lastId: '5-1', complete: true };
    expect(told(log.snapshot(answer, '5-2'))).toEqual(['reset>5-1']);
    expect(log.position).toBe('5-1');
  });

  it('[CLIENT-2] an answer to an older question drops nothing', () => {
    const log = logAt(['5-0']);
    log.live(entry('5-1'));
    expect(told(log.snapshot({ entries: [], lastId: '5-0', complete: true }, '5-0'))).toEqual([]);
    expect(log.position).toBe('5-1');
  });

  it('[CLIENT-3] says so when the server no longer has something', () => {
    const log = logAt(['5-0']);
    expect(told(log.page([entry('5-7')], true))).toEqual(['hole>5-0..5-7', '5-7']);
  });

  it('[CLIENT-1] a channel that was empty asks for what lies before the newest entries', () => {
    const log = logAt([]);
    const answer = { entries: [entry('5-2')], lastId: '5-2', complete: true };
    expect(told(log.snapshot(answer, null))).toEqual([]);
    expect(log.isBehind).toBe(true);
    expect(told(log.page([entry('5-0'), entry('5-1')], false))).toEqual(['5-0', '5-1', '5-2']);
  });

  it('[CLIENT-1] entries that come before the first answer wait for it', () => {
    const log = newLog();
    expect(told(log.live(entry('5-3')))).toEqual([]);
    expect(log.isUnplaced).toBe(true);
    const answer = { entries: [entry('5-1'), entry('5-2')], lastId: '5-2', complete: true };
    expect(told(log.snapshot(answer, undefined))).toEqual(['5-1', '5-2', '5-3']);
  });

  it('[CLIENT-1] goes on from a position that the application kept', () => {
    const log = newLog();
    const answer = { entries: [entry('5-3')], lastId: '5-3', complete: true };
    expect(told(log.snapshot(answer, '5-2'))).toEqual(['5-3']);
  });

  it('[CLIENT-4] holds no more than it may, and fetches the rest', () => {
    const log = new ChannelLog({ keep: 10, maxHeld: 2 });
    log.snapshot({ entries: [], lastId: null, complete: true }, undefined);
    for (let seq = 1; seq < 6; seq++) log.live(entry(`5-${seq}`));
    expect(told(log.page([entry('5-0')], true))).toEqual(['5-0', '5-1', '5-2']);
    expect(log.isBehind).toBe(true);
    const rest = [3, 4, 5].map((seq) => entry(`5-${seq}`));
    expect(told(log.page(rest, true))).toEqual(['5-3', '5-4', '5-5']);
    expect(log.isBehind).toBe(false);
  });

  it('[CLIENT-4] remembers no more than it may', () => {
    const log = newLog({ keep: 3 });
    log.snapshot({ entries: [], lastId: null, complete: true }, undefined);
    for (let seq = 0; seq < 20; seq++) log.live(entry(`5-${seq}`));
    expect(log.entries.map(({ id }) => id)).toEqual(['5-17', '5-18', '5-19']);
  });

  it('[CLIENT-1] ignores ids that are none', () => {
    expect(told(logAt(['5-0']).live(entry('nonsense')))).toEqual([]);
  });
});

/** One step of a simulated channel. */
const stepArbitrary = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), fate: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), count: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('late' as const), pick: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('top' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fetch' as const), limit: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rejoin' as const) }) },
);

/** A channel on the server, and the way to a reader that repeats, delays and loses. */
class Simulation {
  readonly log = newLog({ maxHeld: 4 });
  server: Entry[] = [];
  seen: string[] = [];
  #epoch = 1;
  #seq = 0;
  #onTheWay: Entry[] = [];

  constructor() {
    this.log.snapshot({ entries: [], lastId: null, complete: true }, undefined);
  }

  append(fate: number): void {
    const isFirst = this.#seq === 0;
    const next = entry(
      `${this.#epoch}-${this.#seq++}`,
      isFirst ? this.server.at(-1)?.id : undefined,
    );
    this.server.push(next);
    // 0: lost, 1: late, 2: twice, else at once.
    if (fate === 1) this.#onTheWay.push(next);
    if (fate >= 2) this.tell(this.log.live(next));
    if (fate === 2) this.#onTheWay.push(next);
  }

  lose(count: number): void {
    if (count > 0) this.server = this.server.slice(0, -count);
    this.#epoch += 1;
    this.#seq = 0;
  }

  late(pick: number): void {
    const [next] = this.#onTheWay.splice(pick % Math.max(1, this.#onTheWay.length), 1);
    if (next) this.tell(this.log.live(next));
  }

  top(): void {
    const last = this.server.at(-1);
    if (last) this.log.top(last.id);
  }

  fetch(limit: number): boolean {
    const after = this.log.position ?? CHANNEL_START;
    const rest = this.server.filter(({ id }) => compareEntryIds(id, after) > 0);
    const before = this.log.position;
    this.tell(this.log.page(rest.slice(0, limit), rest.length <= limit));
    return this.log.position !== before;
  }

  rejoin(): void {
    const since = this.log.position;
    const missed =
      typeof since === 'string'
        ? this.server.filter(({ id }) => compareEntryIds(id, since) > 0)
        : this.server.slice(-2);
    const lastId = missed.at(-1)?.id ?? since ?? null;
    this.tell(this.log.snapshot({ entries: missed, lastId, complete: true }, since));
  }

  /** What a reader does when it is told. */
  tell(events: readonly LogEvent[]): void {
    for (const event of events) {
      if (event.kind === 'hole') throw new Error('nothing was deleted, so there is no hole');
      if (event.kind === 'entry') {
        const last = this.seen.at(-1);
        if (last !== undefined && compareEntryIds(event.entry.id, last) <= 0) {
          throw new Error(`${event.entry.id} after ${last}`);
        }
        this.seen.push(event.entry.id);
      } else {
        const { after } = event;
        this.seen = this.seen.filter((id) => after !== null && compareEntryIds(id, after) <= 0);
      }
    }
  }

  settle(): void {
    this.append(3);
    this.top();
    for (let fruitless = 0; this.log.isBehind && fruitless < 5; ) {
      if (!this.fetch(3)) fruitless++;
    }
    this.log.abandon();
  }
}

describe('a channel over a bad line', () => {
  it('[CLIENT-1] ends with each entry once and in order, whatever happens on the way', () => {
    fc.assert(
      fc.property(fc.array(stepArbitrary, { maxLength: 80 }), (steps) => {
        const simulation = new Simulation();
        for (const step of steps) {
          if (step.kind === 'append') simulation.append(step.fate);
          else if (step.kind === 'lose') simulation.lose(step.count);
          else if (step.kind === 'late') simulation.late(step.pick);
          else if (step.kind === 'top') simulation.top();
          else if (step.kind === 'fetch') simulation.fetch(step.limit + 1);
          else simulation.rejoin();
        }
        simulation.settle();
        expect(simulation.seen).toEqual(simulation.server.map(({ id }) => id));
      }),
      { numRuns: 2_000 },
    );
  });
});
