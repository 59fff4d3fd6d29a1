import {
  type FollowLogOptions,
  PinroomError,
  type SystemEntry,
  type SystemLogOptions,
  type SystemLogPage,
} from '@pinroom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LogClient, LogStore } from './log-store.js';

const entry = (n: number): SystemEntry => ({
  id: `${n}-0`,
  at: n,
  nodeId: 'node',
  type: 'room-opened',
  level: 'info',
  payload: {},
});
const page = (from: number, to: number, nextCursor: string | null = null): SystemLogPage => ({
  entries: Array.from({ length: to - from + 1 }, (_, index) => entry(from + index)),
  nextCursor,
  source: 'redis',
});

/** A server whose log is what the test says; a stream ends when it is told to. */
class FakeLog implements LogClient {
  readonly asked: SystemLogOptions[] = [];
  readonly followed: FollowLogOptions[] = [];
  answer: (options: SystemLogOptions) => SystemLogPage = () => page(1, 3);
  tell: (entry: SystemEntry) => void = () => {};
  fail: (fault: PinroomError) => void = () => {};

  async log(options: SystemLogOptions = {}): Promise<SystemLogPage> {
    this.asked.push(options);
    return this.answer(options);
  }

  async *followLog(options: FollowLogOptions = {}): AsyncGenerator<SystemEntry, void, undefined> {
    this.followed.push(options);
    for (;;) {
      yield await new Promise<SystemEntry>((resolve, reject) => {
        this.tell = resolve;
        this.fail = reject;
      });
    }
  }
}

const ids = (store: LogStore) => store.entries.value.map(({ at }) => at);
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the log of the page', () => {
  it('begins with the newest page, follows from its end and tells what comes', async () => {
    const client = new FakeLog();
    const news: number[] = [];
    const store = new LogStore(client, ({ at }) => news.push(at));
    store.start();
    await settled();
    expect([ids(store), store.isLive.value]).toEqual([[1, 2, 3], true]);
    expect(client.followed[0]).toMatchObject({ after: '3-0' });
    client.tell(entry(4));
    await settled();
    expect([ids(store), news]).toEqual([[1, 2, 3, 4], [4]]);
    store.stop();
    expect(store.isLive.value).toBe(false);
  });

  it('follows an empty log from its very beginning', async () => {
    const client = new FakeLog();
    client.answer = () => page(1, 0);
    const store = new LogStore(client, () => {});
    store.start();
    await settled();
    expect(client.followed[0]).toMatchObject({ after: '0-0' });
    store.stop();
  });

  it('comes back after a fault with what was missed, each entry once', async () => {
    const client = new FakeLog();
    const store = new LogStore(client, () => {});
    store.start();
    await settled();
    client.answer = () => page(3, 6);
    client.fail(new PinroomError('internal'));
    await settled();
    expect([store.isLive.value, store.fault.value]).toMatchObject([false, { code: 'internal' }]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(client.asked.at(-1)).toMatchObject({ after: '3-0' });
    expect([ids(store), store.isLive.value, store.fault.value]).toEqual([
      [1, 2, 3, 4, 5, 6],
      true,
      null,
    ]);
    store.stop();
  });

  it('loads older pages until there are none', async () => {
    const client = new FakeLog();
    client.answer = ({ before }) => (before ? page(1, 4) : page(5, 6, '5-0'));
    const store = new LogStore(client, () => {});
    store.start();
    await settled();
    await store.loadOlder();
    expect(client.asked.at(-1)).toMatchObject({ before: '5-0' });
    expect([ids(store), store.before.value]).toEqual([[1, 2, 3, 4, 5, 6], null]);
    store.stop();
  });

  it('shows a burst in one go, and goes on behind all of it', async () => {
    const client = new FakeLog();
    client.answer = () => page(1, 0);
    client.followLog = async function* () {
      for (let n = 1; n <= 300; n += 1) yield entry(n);
      throw new PinroomError('offline');
    };
    const store = new LogStore(client, () => {});
    const shown: number[] = [];
    store.entries.subscribe(({ length }) => shown.push(length));
    store.start();
    await settled();
    expect(shown.at(-1)).toBe(1);
    client.answer = () => page(301, 300);
    await vi.advanceTimersByTimeAsync(1_500);
    expect([shown.at(-1), shown.length < 10]).toEqual([300, true]);
    expect(client.asked.at(-1)).toMatchObject({ after: '300-0' });
    store.stop();
  });

  it('begins anew with another type, and what belongs to the one before is dropped', async () => {
    const client = new FakeLog();
    const store = new LogStore(client, () => {});
    store.start();
    await settled();
    const late = client.tell;
    client.answer = () => page(8, 8);
    store.choose('abuse');
    await settled();
    late(entry(9));
    await settled();
    expect(client.asked.at(-1)).toMatchObject({ type: 'abuse' });
    expect(ids(store)).toEqual([8]);
    store.stop();
  });
});
