import type { Entry, Room, RoomHandle } from '@pinroom/client';
import { beforeEach, expect, it } from 'vitest';
import { RoomStore } from './room-store.js';

/** A room that has at hand what the test says, and tells of it when the test says so. */
class Handle {
  readonly members = new Map();
  readonly memberCount = 0;
  readonly #listeners = new Map<string, (event: unknown) => void>();
  room = { hostIds: ['host'], settings: { typesByRole: {} } } as unknown as Room;
  self = { userId: 'me', role: 'player' };
  atHand: Entry[] = [];

  on(name: string, listener: (event: unknown) => void): () => void {
    this.#listeners.set(name, listener);
    return () => {};
  }

  tell(name: string, event: unknown): void {
    this.#listeners.get(name)?.(event);
  }

  entries(): readonly Entry[] {
    return this.atHand;
  }
}

let handle: Handle;
let store: RoomStore;

beforeEach(() => {
  handle = new Handle();
  store = new RoomStore(handle as unknown as RoomHandle);
});

function entry(id: string, userId = 'host', type = 'text'): Entry {
  const from = { userId, nickname: userId };
  return { id, roomId: 'r', channel: 'room', type, from, payload: {}, at: 1 };
}

const ids = () => store.entries('room').value.map(({ id }) => id);

it('shows each entry once, also where the handle is ahead of what it tells', () => {
  handle.atHand = [entry('1-0'), entry('1-1')];
  expect(ids()).toEqual(['1-0', '1-1']);
  // The server has lost 1-1 and goes on in another epoch: all of it is at hand before a word is said.
  handle.atHand = [entry('1-0'), entry('2-0'), entry('2-1')];
  handle.tell('reset', { channel: 'room', after: '1-0' });
  for (const one of handle.atHand.slice(1)) handle.tell('entry', one);
  handle.tell('entry', entry('2-2'));
  expect(ids()).toEqual(['1-0', '2-0', '2-1', '2-2']);
});

it('takes for said by the room what hosts say, and what only hosts could say then', () => {
  const question = entry('1-0', 'former-host', 'question');
  const text = entry('1-1', 'former-host');
  expect(store.isSpoken(question)).toBe(false);
  const typesByRole = { player: ['text', 'answer'], spectator: ['text'] };
  handle.room = { ...handle.room, settings: { ...handle.room.settings, typesByRole } };
  handle.tell('updated', handle.room);
  expect(store.isSpoken(question)).toBe(true);
  expect(store.isSpoken(text)).toBe(false);
  expect(store.isSpoken(entry('1-2'))).toBe(true);
  expect(store.isSpoken({ ...text, from: null })).toBe(true);
});
