import { expect, it } from 'vitest';
import { systemClock } from '../runtime/clock.js';
import { silentLogger } from '../runtime/logger.js';
import { noMetrics } from '../runtime/metrics.js';
import { ArchiveBacklog } from './archive-backlog.js';

function open() {
  const figures: { [name: string]: number } = {};
  const waiting = new Map([
    ['a', 7],
    ['b', 5],
  ]);
  const queue = {
    isAway: false,
    async listPending() {
      if (queue.isAway) throw new Error('away');
      return ['room', 'host'].flatMap((channel) =>
        [...waiting.keys()].map((roomId) => ({ roomId, channel })),
      );
    },
    async sumPending(roomIds: readonly string[]) {
      return roomIds.reduce((sum, roomId) => sum + (waiting.get(roomId) ?? 0), 0);
    },
  };
  const lag = { ms: 1_500 };
  const backlog = new ArchiveBacklog({
    queue,
    lag,
    tags: () => ['00'],
    clock: systemClock,
    logger: silentLogger,
    metrics: {
      ...noMetrics,
      set: (name, value) => {
        figures[name] = value;
      },
    },
  });
  return { backlog, figures, lag, queue, waiting };
}

it('an operator sees how many channels and entries wait, each room once, and for how long', async () => {
  const { backlog, figures, waiting } = open();
  await backlog.look();
  expect(figures).toEqual({
    pinroom_archive_lag_seconds: 1.5,
    pinroom_archive_backlog_channels: 4,
    pinroom_archive_backlog_entries: 12,
  });
  waiting.clear();
  await backlog.look();
  expect(figures.pinroom_archive_backlog_entries).toBe(0);
});

it('an operator sees the lag grow while the queue itself cannot be asked', async () => {
  const { backlog, figures, lag, queue } = open();
  queue.isAway = true;
  lag.ms = 90_000;
  await expect(backlog.look()).rejects.toThrow('away');
  expect(figures).toEqual({ pinroom_archive_lag_seconds: 90 });
});
