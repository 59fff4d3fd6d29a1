import { type NodeStatus, PinroomError } from '@pinroom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nodeStatus } from './example-node.js';
import { isStale, NodeWatch, WINDOW_MS } from './node-watch.js';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function watchOf(ask: () => Promise<NodeStatus[]>) {
  const asked = vi.fn(ask);
  const onRefused = vi.fn();
  const watch = new NodeWatch({ ask: asked, now: Date.now, onChange: () => {}, onRefused });
  return { watch, asked, onRefused };
}

describe('the watch over the nodes', () => {
  it('asks every two seconds and keeps ten minutes', async () => {
    const { watch, asked } = watchOf(async () => [nodeStatus({ at: Date.now() })]);
    void watch.ask();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toHaveBeenCalledTimes(6);
    await vi.advanceTimersByTimeAsync(2 * WINDOW_MS);
    const samples = watch.samples();
    expect(samples).toHaveLength(301);
    expect((samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0)).toBe(WINDOW_MS);
    watch.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has one question under way, gives it up at the deadline and asks less often', async () => {
    const { watch, asked } = watchOf(() => new Promise(() => {}));
    void watch.ask();
    void watch.ask();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(asked).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(watch.contact.fault?.code).toBe('timeout');
    expect(watch.contact.failingSince).toBe(1_005_000);
    expect(asked.mock.calls.length).toBeLessThan(10);
    watch.stop();
  });

  it('waits as long as the server asks, and is well again after an answer', async () => {
    let fault: PinroomError | null = new PinroomError('rate_limited', undefined, 30_000);
    const { watch, asked } = watchOf(async () => {
      if (fault) throw fault;
      return [nodeStatus()];
    });
    void watch.ask();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(asked).toHaveBeenCalledTimes(1);
    fault = null;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(watch.contact).toEqual({ answeredAt: 1_030_000, failingSince: null, fault: null });
    watch.stop();
  });

  it('stops when the token is not taken', async () => {
    const { watch, asked, onRefused } = watchOf(() =>
      Promise.reject(new PinroomError('unauthenticated')),
    );
    void watch.ask();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveBeenCalledTimes(1);
    expect(onRefused).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('what is shown is stale after a silence, not from the first failure', () => {
  const fault = new PinroomError('offline');
  expect(isStale({ answeredAt: null, failingSince: null, fault: null }, 99)).toBe(false);
  expect(isStale({ answeredAt: 1_000, failingSince: null, fault: null }, 5_000)).toBe(false);
  expect(isStale({ answeredAt: null, failingSince: 50, fault }, 99)).toBe(true);
  expect(isStale({ answeredAt: 1_000, failingSince: 3_000, fault }, 3_100)).toBe(false);
  expect(isStale({ answeredAt: 1_000, failingSince: 3_000, fault }, 9_100)).toBe(true);
  expect(isStale({ answeredAt: 1_000, failingSince: null, fault: null }, 60_000)).toBe(true);
});
