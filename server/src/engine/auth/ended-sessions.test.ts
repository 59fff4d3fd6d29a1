import { describe, expect, it, onTestFinished } from 'vitest';
import { HandWoundClock } from '../../../test/support/hand-wound-clock.js';
import {
  callerBehind,
  HERE,
  MapArchive,
  openSessionHouse,
} from '../../../test/support/session-house.js';
import { unavailable } from '../runtime/app-error.js';
import { silentLogger } from '../runtime/logger.js';
import type { EndedPage } from './ended-session-list.port.js';
import { EndedSessions } from './ended-sessions.js';
import type { SessionRecord } from './session-store.port.js';

function record(id: string, endedAt: number | null): SessionRecord {
  const times = { createdAt: 1, rotatedAt: 1, lastUsedAt: 1, expiresAt: 9e15 };
  const who = { userId: `user of ${id}`, nickname: 'Ada', ...HERE };
  return { id, ...who, salt: 's', generation: 1, seenAt: null, endedAt, ...times };
}

/** A list that a test writes, in pages of two. */
async function open() {
  const clock = new HandWoundClock();
  const archive = new MapArchive();
  const closed: string[] = [];
  const state = {
    ids: [] as string[],
    away: false,
    isOther: false,
    looks: 0,
    tell: (_interrupted: boolean) => {},
  };
  const kept = new Map<string, SessionRecord>();
  const ended = new EndedSessions({
    list: {
      async listEnded(after): Promise<EndedPage> {
        state.looks += 1;
        if (state.away) throw unavailable('The list');
        if (state.isOther) {
          state.isOther = false;
          return { ids: [], cursor: '0', more: true, isContinuous: false };
        }
        const from = after === null ? state.ids.length : Number(after);
        const ids = state.ids.slice(from, from + 2);
        return { ids, cursor: `${from + ids.length}`, more: ids.length === 2, isContinuous: true };
      },
      onEnded(handler) {
        state.tell = handler;
      },
    },
    store: {
      find: async (id) => kept.get(id) ?? null,
      end: async (id) => void kept.set(id, record(id, clock.now())),
    },
    archive,
    clock,
    logger: silentLogger,
    onEnded: (id) => closed.push(id),
  });
  await ended.start();
  onTestFinished(() => ended.stop());
  return { archive, clock, closed, ended, kept, state };
}

describe('the sockets of ended sessions', () => {
  it('are closed at once when a message says so', async () => {
    const { clock, closed, state } = await open();
    state.ids.push('a');
    state.tell(false);
    await clock.wind(50);
    expect(closed).toEqual(['a']);
  });

  it('are closed within 5 s when the message is lost, and as many as there are', async () => {
    const { clock, closed, state } = await open();
    state.ids.push('a', 'b', 'c', 'd', 'e');
    await clock.wind(4_900);
    expect(closed).toEqual([]);
    await clock.wind(200);
    expect(closed).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('are closed with a few looks where many sessions end at once', async () => {
    const { clock, closed, state } = await open();
    const before = state.looks;
    for (let n = 0; n < 100; n++) {
      state.ids.push(`${n}`);
      state.tell(false);
    }
    await clock.wind(100);
    expect(closed).toHaveLength(100);
    // Half a hundred pages of two, and the look that finds nothing more.
    expect(state.looks - before).toBeLessThanOrEqual(53);
  });

  it('are closed soon after an outage, from where the node was before it', async () => {
    const { clock, closed, ended, state } = await open();
    state.ids.push('a');
    await clock.wind(5_100);
    state.away = true;
    state.ids.push('b');
    await clock.wind(30_000);
    expect(clock.now() - (ended.awaySince ?? 0)).toBeGreaterThan(24_000);
    state.away = false;
    state.tell(true);
    await clock.wind(100);
    expect(closed).toEqual(['a', 'b']);
    expect(ended.awaySince).toBeNull();
  });
});

describe('ends that the store has lost', () => {
  it.each([
    [
      'the list is another one',
      ({ state }: Awaited<ReturnType<typeof open>>) => {
        state.isOther = true;
      },
    ],
    [
      'the connection was interrupted',
      ({ state }: Awaited<ReturnType<typeof open>>) => {
        state.tell(true);
      },
    ],
  ])('are found in the archive when %s', async (_, lose) => {
    const house = await open();
    const { archive, clock, closed, kept } = house;
    await clock.wind(60_000);
    archive.rows.set('lost', record('lost', clock.now()));
    archive.rows.set('long ago', record('long ago', clock.now() - 600_000));
    archive.rows.set('goes on', record('goes on', null));
    // The store is back at a time before the end.
    kept.set('lost', record('lost', null));
    lose(house);
    await clock.wind(6_000);
    expect(closed).toEqual(['lost']);
    expect(kept.get('lost')?.endedAt).toEqual(expect.any(Number));
    const before = closed.length;
    await clock.wind(60_000);
    expect(closed).toHaveLength(before);
  });

  it('are found however many they are, and however long the archive is away', async () => {
    const { archive, clock, closed, ended, state } = await open();
    for (let n = 0; n < 1_200; n++) archive.rows.set(`${n}`, record(`${n}`, clock.now()));
    archive.away = true;
    state.tell(true);
    await clock.wind(120_000);
    expect(closed).toEqual([]);
    // Others are closed meanwhile, and nobody takes the store for away.
    state.ids.push('listed');
    await clock.wind(6_000);
    expect(closed).toEqual(['listed']);
    expect(ended.awaySince).toBeNull();
    archive.away = false;
    await clock.wind(6_000);
    expect(new Set(closed).size).toBe(1_201);
  });
});

describe('a session that ended while a socket of it was let in', () => {
  it('is known for a minute', async () => {
    const { clock, ended, state } = await open();
    state.ids.push('a');
    await clock.wind(5_100);
    expect([ended.hasEnded('a'), ended.hasEnded('b')]).toEqual([true, false]);
    await clock.wind(60_000);
    state.ids.push('b');
    await clock.wind(5_100);
    expect([ended.hasEnded('a'), ended.hasEnded('b')]).toEqual([false, true]);
  });
});

it('the sessions of a node in memory are told of and listed', async () => {
  const { ended: list, sessions, store, writer } = openSessionHouse();
  onTestFinished(() => writer.stop());
  let told = 0;
  list.onEnded(() => {
    told += 1;
  });
  const { cursor } = await list.listEnded(null);
  const grant = await sessions.create('Ada', HERE);
  const { sessionId, userId } = await callerBehind(sessions, grant.accessToken, HERE);
  await sessions.end(sessionId, userId);
  expect(told).toBe(1);
  expect((await list.listEnded(cursor)).ids).toEqual([sessionId]);
  expect((await store.find(sessionId))?.nickname).toBe('');
});
