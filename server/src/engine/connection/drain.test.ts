import { describe, expect, it } from 'vitest';
import { HandWoundClock } from '../../../test/support/hand-wound-clock.js';
import { letGo } from './drain.js';

const SPREAD_MS = 10_000;

/** Sockets that write down when they are told to come back, and when they are closed. */
function open(count: number) {
  const clock = new HandWoundClock();
  const startedAt = clock.now();
  const back: number[] = [];
  const closed: number[] = [];
  const passed = () => clock.now() - startedAt;
  const sockets = Array.from({ length: count }, () => ({
    announceDrain: (ms: number) => void back.push(passed() + ms),
    disconnect: () => void closed.push(passed()),
  }));
  const drain = async (isTakenOver: boolean, spreadMs = SPREAD_MS) => {
    let isOver = false;
    const done = letGo(sockets, { spreadMs, isTakenOver, clock }).then(() => {
      isOver = true;
    });
    await clock.wind(spreadMs + 100);
    expect(isOver).toBe(true);
    await done;
  };
  return { back, closed, drain };
}

/** The most of these times that lie within any second. */
function mostInASecond(times: readonly number[]): number {
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length),
  );
}

describe('sockets that are let go', () => {
  it('come back evenly, and are closed when their time has come, where others take them', async () => {
    const { back, closed, drain } = open(1_000);
    await drain(true);
    expect(mostInASecond(back)).toBeLessThanOrEqual(101);
    for (const [n, at] of closed.entries()) {
      expect(at - (back[n] ?? 0)).toBeGreaterThanOrEqual(0);
      expect(at - (back[n] ?? 0)).toBeLessThanOrEqual(40);
    }
    expect(closed).toHaveLength(1_000);
  });

  it('come back as evenly and are closed at once where nobody does', async () => {
    const { back, closed, drain } = open(1_000);
    await drain(false);
    expect(mostInASecond(back)).toBeLessThanOrEqual(101);
    expect(closed).toHaveLength(1_000);
    expect(Math.max(...closed)).toBeLessThan(200);
  });

  it('are let go at once where there is no time, or one alone', async () => {
    const many = open(3);
    await many.drain(true, 0);
    expect([many.back, many.closed]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    const one = open(1);
    await one.drain(true);
    expect([one.back, one.closed]).toEqual([[0], [0]]);
    await open(0).drain(true);
  });
});
