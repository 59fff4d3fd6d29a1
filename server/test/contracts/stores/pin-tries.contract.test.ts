import { describe, expect, test } from 'vitest';
import { STORE_DRIVERS } from './drivers.js';
import { newId } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

/** A PIN that leads to a room, in an index that is complete. */
async function completeWith(stores: Stores, pin: string): Promise<string> {
  const roomId = newId();
  await stores.pins.fill([{ pin, roomId, until: stores.now() + 60_000 }]);
  await stores.pins.markComplete();
  return roomId;
}

describe.each(STORE_DRIVERS)('Wrong PINs on $name', (driver) => {
  const open = useStores(driver);

  /** Looks `pins` up one after the other; a word for each. */
  const look = async (stores: Stores, sessionId: string, pins: readonly string[]) => {
    const words: string[] = [];
    for (const pin of pins) {
      const found = await stores.pins.lookup(pin, { sessionId, network: '192.0.2.7' });
      words.push(found.kind === 'refused' ? `refused by ${found.by}` : found.kind);
    }
    return words;
  };
  const range = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => String(from + n));

  test('[PIN-4] a session may be wrong so often in a window; the right PIN is refused to it then, too', async () => {
    const pinBudget = { perSession: 3, perNetwork: 100, windowMs: 500 };
    const stores = await open({ pinBudget });
    const roomId = await completeWith(stores, '7777');
    const wrong = await look(stores, 'a', ['1001', '1002', '1001', '1001', '1003']);
    expect(wrong).toEqual(['none', 'none', 'none', 'none', 'none']);
    expect(await look(stores, 'a', ['1004', '7777', '1003'])).toEqual([
      'refused by session',
      'refused by session',
      'none',
    ]);
    expect(await look(stores, 'b', ['7777'])).toEqual(['room']);
    const seeker = { sessionId: 'a', network: '192.0.2.7' };
    const refused = await stores.pins.lookup('7777', seeker);
    const retryAfterMs = refused.kind === 'refused' ? refused.retryAfterMs : Number.NaN;
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(500);
    await stores.pass(retryAfterMs);
    expect(await stores.pins.lookup('7777', seeker)).toEqual({ kind: 'room', roomId });
  });

  test('[PIN-4] a right PIN costs nothing, and of many tries at once no more than the budget is looked at', async () => {
    const stores = await open({ pinBudget: { perSession: 3, perNetwork: 100, windowMs: 60_000 } });
    await completeWith(stores, '7777');
    const right = await look(
      stores,
      'a',
      Array.from({ length: 20 }, () => '7777'),
    );
    expect(new Set(right)).toEqual(new Set(['room']));
    const words = (
      await Promise.all(range(1_001, 30).map((pin) => look(stores, 'a', [pin])))
    ).flat();
    expect(words.filter((word) => word === 'none')).toHaveLength(3);
    expect(words.filter((word) => word === 'refused by session')).toHaveLength(27);
  });

  test('[PIN-4] behind a network above its budget each session has one try a window', async () => {
    const stores = await open({ pinBudget: { perSession: 100, perNetwork: 5, windowMs: 60_000 } });
    await completeWith(stores, '7777');
    expect(await look(stores, 'guesser', range(1_001, 7))).toEqual([
      ...Array.from({ length: 6 }, () => 'none'),
      'refused by address',
    ]);
    expect(await look(stores, 'player', ['7777', '7777', '1900'])).toEqual([
      'room',
      'room',
      'refused by address',
    ]);
    expect(await look(stores, 'mistyping', ['7778', '7777'])).toEqual([
      'none',
      'refused by address',
    ]);
    const elsewhere = { sessionId: 'elsewhere', network: '198.51.100.1' };
    expect(await stores.pins.lookup('1900', elsewhere)).toEqual({ kind: 'none' });
  });

  test('[PIN-4] behind such a network many sessions that were wrong before share one budget more', async () => {
    const stores = await open({ pinBudget: { perSession: 100, perNetwork: 5, windowMs: 1_500 } });
    await completeWith(stores, '7777');
    const crowd = Array.from({ length: 40 }, (_, n) => `hoarded ${n}`);
    let next = 1_000;
    /** How many of the crowd's tries were looked at, each for a PIN of its own. */
    const round = async () => {
      const tries = crowd.map((sessionId) => look(stores, sessionId, [String(next++)]));
      return (await Promise.all(tries)).flat().filter((word) => word === 'none').length;
    };
    await look(stores, 'filler', range(9_000, 5));
    expect(await round()).toBe(40);
    expect(await round()).toBe(0);
    // The network's budget comes back, and those who were wrong have as much again.
    await stores.pass(1_600);
    await look(stores, 'filler', range(9_100, 5));
    expect(await round()).toBe(5);
    expect(await round()).toBe(0);
    expect(await look(stores, 'a player', ['7777'])).toEqual(['room']);
  });

  /** Tries passcodes one after the other; a word for each. */
  const guess = async (stores: Stores, sessionId: string, guesses: readonly string[]) => {
    const words: string[] = [];
    for (const one of guesses) {
      const seeker = { sessionId, network: '192.0.2.7' };
      const refused = await stores.passcodes.try(one, one.startsWith('right'), seeker);
      words.push(refused ? `refused by ${refused.by}` : 'told');
    }
    return words;
  };

  test('[PASSCODE-1] wrong passcodes and wrong PINs use up one budget; a right passcode is refused then, too', async () => {
    const stores = await open({ pinBudget: { perSession: 3, perNetwork: 100, windowMs: 500 } });
    await completeWith(stores, '7777');
    const cheap = ['wrong 1', 'right', 'right 2', 'wrong 1', 'right'];
    expect(await guess(stores, 'a', cheap)).toEqual(cheap.map(() => 'told'));
    expect(await look(stores, 'a', ['1001', '1002', '1003'])).toEqual([
      'none',
      'none',
      'refused by session',
    ]);
    expect(await guess(stores, 'a', ['wrong 2', 'right', 'wrong 1'])).toEqual([
      'refused by session',
      'refused by session',
      'told',
    ]);
    expect(await guess(stores, 'b', ['right'])).toEqual(['told']);
    await stores.pass(600);
    expect(await guess(stores, 'a', ['wrong 3'])).toEqual(['told']);
  });

  test('[PASSCODE-1] of many passcodes at once no more than the budget are told, the right one is among the rest', async () => {
    const stores = await open({ pinBudget: { perSession: 3, perNetwork: 5, windowMs: 60_000 } });
    const tries = range(1, 30).map((n) => guess(stores, 'a', [`wrong ${n}`]));
    const words = (await Promise.all([...tries, guess(stores, 'a', ['right'])])).flat();
    expect(words.filter((word) => word === 'told')).toHaveLength(3);
    expect(words.at(-1)).toBe('refused by session');
    // Of all sessions of a network: its budget, and one try for each beyond it.
    const crowd = range(1, 8).map((n) => guess(stores, `s${n}`, [`wrong ${n}0`, `wrong ${n}1`]));
    const told = (await Promise.all(crowd)).flat().filter((word) => word === 'told');
    expect(told.length).toBeLessThanOrEqual(2 + 8);
    expect(told.length).toBeGreaterThanOrEqual(8);
  });
});
