import type { Entry, RoomHandle } from '@pinroom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Round } from '../round/round.js';
import { TallyKeeper } from './tally-keeper.js';

const ASKED_AT = 10_000;
const round: Round = {
  id: '1-900',
  key: undefined,
  askedAt: ASKED_AT,
  question: { text: 'Why?', options: ['a', 'b'] },
  result: null,
  closing: null,
};

function answer(seq: number, choice: number, at = ASKED_AT + seq): Entry {
  const from = { userId: `u${seq}`, nickname: `U${seq}` };
  const payload = { question: round.id, choice };
  return { id: `1-${seq}`, roomId: 'r', channel: 'host', type: 'answer', from, payload, at };
}

/** A channel whose newest fifty are at hand; the rest comes in pages. */
class Channel {
  readonly #listeners = new Map<string, (event: unknown) => void>();
  readonly all: Entry[] = [];
  status = 'live';
  failures = 0;

  on(name: string, listener: (event: unknown) => void): () => void {
    this.#listeners.set(name, listener);
    return () => this.#listeners.delete(name);
  }

  emit(name: string, event: unknown): void {
    this.#listeners.get(name)?.(event);
  }

  entries(): readonly Entry[] {
    return this.all.slice(-50);
  }

  async history({ before = '', limit = 50 }): Promise<unknown> {
    if (this.failures-- > 0) throw new Error('The line is down.');
    const end = this.all.findIndex(({ id }) => id === before);
    const start = Math.max(0, end - limit);
    const entries = this.all.slice(start, end);
    return { entries, nextCursor: start > 0 ? entries[0]?.id : null, source: 'redis' };
  }

  get handle(): RoomHandle {
    return this as unknown as RoomHandle;
  }
}

describe('the answers to the round that is on', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are counted back to the question after a reload, in spite of a lost line, and live', async () => {
    const channel = new Channel();
    for (let seq = 0; seq < 700; seq++) {
      channel.all.push(answer(seq, seq % 2, seq < 100 ? ASKED_AT - 1 : ASKED_AT + seq));
    }
    // From before the question, and of another one.
    for (const entry of channel.all.slice(0, 100)) {
      Object.assign(entry, { payload: { question: '1-1', choice: 0 } });
    }
    channel.failures = 1;
    const keeper = new TallyKeeper(channel.handle);
    keeper.follow(round);
    expect(keeper.standing.value).toMatchObject({ total: 50, isCounting: true });
    channel.emit('entry', answer(700, 1));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(keeper.standing.value).toEqual({
      roundId: round.id,
      counts: [300, 301],
      total: 601,
      isCounting: false,
    });
  });

  it('are counted anew when the server has lost some, and end with the result', async () => {
    const channel = new Channel();
    channel.all.push(answer(1, 0), answer(2, 1));
    const keeper = new TallyKeeper(channel.handle);
    keeper.follow(round);
    await vi.advanceTimersByTimeAsync(500);
    expect(keeper.standing.value.counts).toEqual([1, 1]);
    channel.all.pop();
    channel.emit('reset', { channel: 'host', after: '1-1' });
    await vi.advanceTimersByTimeAsync(500);
    expect(keeper.standing.value.counts).toEqual([1, 0]);
    keeper.follow({ ...round, result: {}, closing: answer(900, 0, ASKED_AT + 5) });
    channel.emit('entry', answer(6, 1));
    await vi.advanceTimersByTimeAsync(500);
    expect(keeper.standing.value.counts).toEqual([1, 0]);
    keeper.follow(null);
    expect(keeper.standing.value.total).toBe(0);
  });
});
