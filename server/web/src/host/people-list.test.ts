import type { Member, RoomHandle } from '@pinroom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PeopleList } from './people-list.js';

function person(index: number, more: Partial<Member> = {}): Member {
  const userId = `u${index}`;
  const nickname = `U${index}`;
  return { userId, nickname, role: 'player', joinedAt: index, online: true, muted: false, ...more };
}

/** A room of hundreds: the join answer has the first two hundred. */
class Crowd {
  everybody = Array.from({ length: 450 }, (_, index) => person(index));
  members = new Map(this.everybody.slice(0, 200).map((member) => [member.userId, member]));
  membersComplete = false;
  status = 'live';
  #listener: (event: unknown) => void = () => {};
  /** Held back, so that news can come in between. */
  release: () => void = () => {};

  on(_name: string, listener: (event: unknown) => void): () => void {
    this.#listener = listener;
    return () => {};
  }

  emit(event: unknown): void {
    this.#listener(event);
  }

  async membersPage({ cursor = '0', limit = 200 }): Promise<unknown> {
    const from = Number(cursor);
    const members = this.everybody.slice(from, from + limit);
    if (from === 0) await new Promise<void>((resolve) => (this.release = resolve));
    const end = from + limit;
    return { members, nextCursor: end < this.everybody.length ? `${end}` : null };
  }
}

describe('everybody in a room of hundreds', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is read once, and what is news meanwhile is newer than what is read', async () => {
    const crowd = new Crowd();
    const told: string[] = [];
    const list = new PeopleList(crowd as unknown as RoomHandle, (joined) =>
      told.push(...joined.map(({ userId }) => userId)),
    );
    const reading = crowd.everybody;
    crowd.emit({
      joined: [person(900)],
      changed: [person(3, { muted: true })],
      left: ['u5'],
    });
    crowd.release();
    await vi.advanceTimersByTimeAsync(500);
    const ids = new Set(list.members.value.map(({ userId }) => userId));
    expect(ids.size).toBe(reading.length);
    expect(ids.has('u5')).toBe(false);
    expect(ids.has('u449')).toBe(true);
    expect(list.members.value.find(({ userId }) => userId === 'u3')?.muted).toBe(true);
    expect(told).toEqual(['u900']);
  });
});
