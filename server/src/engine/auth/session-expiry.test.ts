import { describe, expect, it, onTestFinished } from 'vitest';
import { HandWoundClock } from '../../../test/support/hand-wound-clock.js';
import { unavailable } from '../runtime/app-error.js';
import { silentLogger } from '../runtime/logger.js';
import type { Caller } from './caller.port.js';
import { SessionExpiry } from './session-expiry.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Sockets of sessions, and what the store says of these: null, they are over. */
function open(awayMs?: number) {
  const clock = new HandWoundClock();
  const begun = clock.now();
  const callers: Caller[] = [];
  const stored = new Map<string, number | null>();
  const log: string[] = [];
  const state = { awaySince: null as number | null, asked: 0 };
  const close = (applies: (caller: Caller) => boolean, how: string) => {
    for (const caller of callers.filter(applies)) {
      callers.splice(callers.indexOf(caller), 1);
      log.push(`${caller.sessionId} ${how} at ${Math.round((clock.now() - begun) / 1_000)}`);
    }
  };
  const expiry = new SessionExpiry({
    sockets: {
      callers: () => [...callers],
      endSession: (id) => close(({ sessionId }) => sessionId === id, 'ended'),
      disconnectIf: (applies) => close(applies, 'disconnected'),
    },
    sessions: {
      async expiryOf(sessionId) {
        state.asked += 1;
        if (state.awaySince !== null) throw unavailable('The store');
        return stored.get(sessionId) ?? null;
      },
    },
    endedSessions: {
      get awaySince() {
        return state.awaySince;
      },
    },
    clock,
    logger: silentLogger,
    ...(awayMs === undefined ? {} : { awayMs }),
  });
  expiry.start();
  onTestFinished(() => expiry.stop());
  const enter = (sessionId: string, lives: { idle?: number; max?: number; token?: number }) => {
    const now = clock.now();
    callers.push({
      kind: 'user',
      userId: 'u',
      sessionId,
      nickname: 'Ada',
      network: 'n',
      authorisedUntil: now + (lives.token ?? 10 * MINUTE),
      sessionExpiresAt: now + (lives.idle ?? HOUR),
      sessionEndsBy: now + (lives.max ?? 24 * HOUR),
    });
  };
  return { clock, enter, log, state, stored };
}

describe('the sockets of a session', () => {
  it('are closed at the end of its longest life, also while the store is away', async () => {
    const { clock, enter, log, state } = open();
    enter('a', { max: 30_000 });
    enter('a', { max: 30_000 });
    enter('b', {});
    state.awaySince = clock.now();
    await clock.wind(40_000);
    expect(log).toEqual(['a ended at 30', 'a ended at 30']);
    expect(state.asked).toBe(0);
  });

  it('are closed when nobody has refreshed it, and not when somebody has elsewhere', async () => {
    const { clock, enter, log, state, stored } = open();
    enter('idle', { idle: 30_000 });
    enter('used', { idle: 30_000 });
    stored.set('used', clock.now() + 90_000);
    await clock.wind(80_000);
    expect(log).toEqual(['idle ended at 30']);
    // Once each: what it was told is remembered.
    expect(state.asked).toBe(2);
    stored.set('used', null);
    await clock.wind(20_000);
    expect(log).toEqual(['idle ended at 30', 'used ended at 90']);
  });

  it('stay as long as nobody can say whether somebody has refreshed it', async () => {
    const { clock, enter, log, state, stored } = open();
    enter('a', { idle: 10_000 });
    stored.set('a', clock.now() + HOUR);
    state.awaySince = clock.now();
    await clock.wind(40_000);
    expect(log).toEqual([]);
    state.awaySince = null;
    await clock.wind(40_000);
    expect(log).toEqual([]);
  });
});

describe('while the store is away', () => {
  it('sockets whose access token has run out are closed after a minute, the others when it does', async () => {
    const { clock, enter, log, state } = open();
    enter('short', { token: 10_000 });
    enter('long', { token: 100_000 });
    await clock.wind(30_000);
    state.awaySince = clock.now();
    await clock.wind(58_000);
    expect(log).toEqual([]);
    await clock.wind(40_000);
    expect(log).toEqual(['short disconnected at 90', 'long disconnected at 100']);
  });

  it('nobody is closed who is back in time', async () => {
    const { clock, enter, log, state } = open(20_000);
    enter('a', { token: 1_000 });
    state.awaySince = clock.now();
    await clock.wind(18_000);
    state.awaySince = null;
    await clock.wind(10 * MINUTE);
    expect(log).toEqual([]);
    state.awaySince = clock.now();
    await clock.wind(20_000);
    expect(log).toHaveLength(1);
  });
});
