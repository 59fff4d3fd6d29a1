import { describe, expect, it } from 'vitest';
import { HandWoundClock } from '../../../test/support/hand-wound-clock.js';
import { unavailable } from './app-error.js';
import { silentLogger } from './logger.js';
import { SystemLog } from './system-log.js';
import type { NewSystemEntry } from './system-log.port.js';

/** The log of one node, and what the store took of it. */
function open() {
  const clock = new HandWoundClock();
  const batches: (readonly NewSystemEntry[])[] = [];
  const store = {
    isAway: false,
    async append(entries: readonly NewSystemEntry[]) {
      if (store.isAway) throw unavailable('Redis');
      batches.push(entries);
    },
  };
  const log = new SystemLog({ store, clock, logger: silentLogger, nodeId: 'node-1' });
  return { clock, store, log, batches, written: () => batches.flat() };
}

const opened = (log: SystemLog, count: number) => {
  for (let n = 0; n < count; n++) log.note('room-opened', { roomId: `r${n}` });
};

describe('the log of the system, as a node writes it', () => {
  it('carries what is said in batches, with who says it, when, and how bad it is', async () => {
    const { batches, clock, log, written } = open();
    log.start();
    await clock.wind(0);
    log.note('backend-lost', { backend: 'redis' });
    log.note('archive-lag', { state: 'begins', lagMs: 9 });
    log.note('archive-lag', { state: 'ends', lagMs: 9 });
    const at = clock.now();
    await clock.wind(0);
    expect(batches).toHaveLength(1);
    expect(written()[0]).toEqual({
      key: 'node-1:1',
      at,
      nodeId: 'node-1',
      type: 'backend-lost',
      level: 'error',
      payload: { backend: 'redis' },
    });
    expect(written().map(({ level }) => level)).toEqual(['error', 'warn', 'info']);
    await log.stop();
  });

  it('keeps what it could not write, and writes it under the same keys once it can', async () => {
    const { clock, log, store, written } = open();
    store.isAway = true;
    log.start();
    log.note('node-up', { life: 'l', version: '1', host: 'h', pid: 1, reason: 'started' }, 'once');
    const at = clock.now();
    await clock.wind(5_000);
    expect(written()).toEqual([]);
    store.isAway = false;
    await clock.wind(1_000);
    expect(written()).toMatchObject([{ key: 'once', at }]);
    await log.stop();
  });

  it('writes what waits when it is stopped, and survives that it cannot', async () => {
    const { log, store, written } = open();
    opened(log, 1);
    store.isAway = true;
    await log.stop();
    store.isAway = false;
    await log.stop();
    expect(written()).toHaveLength(1);
  });

  it('holds abuse back that would fill it, and says how much', async () => {
    const { clock, log, written } = open();
    log.start();
    for (let n = 0; n < 500; n++) log.note('abuse', { kind: 'socket-closed', network: 'n' });
    log.note('room-opened', { roomId: 'r' });
    await clock.wind(2_000);
    const types = written().map(({ type }) => type);
    expect(types.filter((type) => type === 'abuse')).toHaveLength(30);
    expect(types).toContain('room-opened');
    expect(written().at(-1)).toMatchObject({
      type: 'entries-lost',
      payload: { reason: 'held-back', count: 470 },
    });
    // And not again and again: once a minute.
    for (let n = 0; n < 500; n++) log.note('abuse', { kind: 'socket-closed', network: 'n' });
    await clock.wind(30_000);
    expect(written().filter(({ type }) => type === 'entries-lost')).toHaveLength(1);
    await clock.wind(60_000);
    expect(written().filter(({ type }) => type === 'entries-lost')).toHaveLength(2);
    await log.stop();
  });

  it('holds no more than its bound while the store is away, and says what it dropped', async () => {
    const { clock, log, store, written } = open();
    store.isAway = true;
    log.start();
    for (let minute = 0; minute < 3; minute++) {
      opened(log, 600);
      await clock.wind(60_000);
    }
    store.isAway = false;
    await clock.wind(5_000);
    expect(written().filter(({ type }) => type === 'room-opened')).toHaveLength(1_000);
    expect(written().at(-1)).toMatchObject({
      type: 'entries-lost',
      payload: { reason: 'queue-full', count: 800 },
    });
    await log.stop();
  });
});
