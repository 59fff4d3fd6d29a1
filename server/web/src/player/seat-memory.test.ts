import { describe, expect, it } from 'vitest';
import { SeatMemory } from './seat-memory.js';

const quiz = { roomId: 'r-1', title: 'Quiz night', nickname: 'Ada', pin: '123456' };

function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    clear: () => kept.clear(),
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

describe('the seat that is remembered', () => {
  it('is there after a reload, with the name', () => {
    const [browser, tab] = [storage(), storage()];
    new SeatMemory(browser, tab).keep(quiz);
    const later = new SeatMemory(browser, tab);
    expect(later.here).toEqual(quiz);
    expect(later.last).toEqual(quiz);
    expect(later.nickname).toBe('Ada');
  });

  it('is only the last one in another tab, and after leaving', () => {
    const [browser, tab] = [storage(), storage()];
    const memory = new SeatMemory(browser, tab);
    memory.keep(quiz);
    expect(new SeatMemory(browser, storage()).here).toBeNull();
    memory.leave();
    expect(memory.here).toBeNull();
    expect(memory.last).toEqual({ ...quiz, hasLeft: true });
    memory.keep(quiz);
    expect(memory.last).toEqual(quiz);
  });

  it('is forgotten where there is no way back, and no other one with it', () => {
    const [browser, tab] = [storage(), storage()];
    const memory = new SeatMemory(browser, tab);
    memory.keep(quiz);
    memory.forget('another');
    expect(memory.here).toEqual(quiz);
    memory.forget('r-1');
    expect(memory.here).toBeNull();
    expect(memory.last).toBeNull();
    expect(memory.nickname).toBe('Ada');
  });

  it('is none where something else was left behind', () => {
    const browser = storage();
    for (const left of ['{', '7', '{"roomId":1}', 'null']) {
      browser.setItem('pinroom:seat', left);
      expect(new SeatMemory(browser, storage()).last).toBeNull();
    }
  });
});
