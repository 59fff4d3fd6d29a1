import { beforeAll, describe, expect, it } from 'vitest';
import { startBackends } from '../support/backends.js';
import { call, newSession } from '../support/http-calls.js';
import { metricOf } from '../support/node-figures.js';
import { openSocket, type RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { openProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { newPerson } from '../support/test-client.js';
import { until } from '../support/until.js';

const PLAYERS = 60;
/** What the README promises. */
const PER_SESSION = 10;
const PER_ADDRESS = 100;
const JOINED_MS = 60_000;

/** What became of guesses: seen by the index, or refused unseen. */
interface Guessed {
  readonly seen: number;
  readonly refused: number;
}

describe('Guessing PINs', () => {
  let archive: TcpProxy;
  let nodes: readonly [SpawnedNode, SpawnedNode];
  let pin = '';
  let nextGuess = 0;

  beforeAll(async () => {
    const backends = await startBackends();
    const database = new URL(backends.env.DATABASE_URL);
    archive = await openProxy({ host: database.hostname, port: Number(database.port) });
    database.port = String(archive.port);
    const env = { ...backends.env, DATABASE_URL: database.href };
    nodes = await Promise.all([spawnNode({ env }), spawnNode({ env })]);
    const { socket } = await openSocket(nodes[0].url, 'Host');
    const { room } = await socket.must('room:create', { capacity: PLAYERS });
    pin = room.pin ?? '';
  });

  /** A PIN that nobody has: in this test there is one room. */
  function wrongPin(): string {
    nextGuess += 1;
    const guess = String(100_000 + nextGuess);
    return guess === pin ? wrongPin() : guess;
  }

  async function guess(token: string, n: number): Promise<string> {
    const url = `${nodes[n % 2]?.url}/api/rooms/by-pin/${wrongPin()}`;
    return (await call(url, { token })).code ?? 'ok';
  }

  /** Lets each of these sessions guess so often, spread over both nodes. */
  async function guessAll(tokens: readonly string[], each: number): Promise<Guessed> {
    const rounds = Array.from({ length: each });
    let [seen, refused] = [0, 0];
    for (const _ of rounds) {
      const codes = await Promise.all(tokens.map(guess));
      for (const code of codes) {
        expect(['room_not_found', 'rate_limited']).toContain(code);
        if (code === 'room_not_found') seen += 1;
        else refused += 1;
      }
    }
    return { seen, refused };
  }

  async function newTokens(count: number): Promise<string[]> {
    const sessions = Array.from({ length: count }, (_, n) =>
      newSession(nodes[n % 2]?.url ?? '', 'Guesser'),
    );
    return (await Promise.all(sessions)).map(({ accessToken }) => accessToken);
  }

  it('by a thousand from one session, one address and fresh sessions is hopeless, and 60 players get in', async () => {
    const [[one = ''], crowd, fresh] = await Promise.all([
      newTokens(1),
      newTokens(100),
      newTokens(300),
    ]);
    const startedAt = Date.now();
    const bySession = guessAll(
      Array.from({ length: 100 }, () => one),
      10,
    );
    const byAddress = guessAll(crowd, 10);
    const byFresh = guessAll(fresh, 4);
    // The budget of the address is used up while the players come.
    await until(async () => (await metricOf(nodes[0], 'pinroom_pin_tries_total')) > 300);
    const players = await Promise.all(
      Array.from({ length: PLAYERS }, async (_, n) => {
        const person = await newPerson(nodes[n % 2]?.url ?? '', `Player ${n}`);
        return await person.client.joinRoom({ pin });
      }),
    );
    expect(Date.now() - startedAt).toBeLessThan(JOINED_MS);
    expect(players.every((handle) => handle.members.size > 0)).toBe(true);

    const [ofSession, ofAddress, ofFresh] = await Promise.all([bySession, byAddress, byFresh]);
    const minutes = Math.ceil((Date.now() - startedAt) / 60_000);
    expect(ofSession.seen).toBeLessThanOrEqual(PER_SESSION * minutes);
    const seen = ofSession.seen + ofAddress.seen + ofFresh.seen;
    expect(seen).toBeLessThanOrEqual((PER_ADDRESS + 1 + crowd.length + fresh.length) * minutes);
    expect(ofSession.refused + ofAddress.refused + ofFresh.refused).toBeGreaterThan(2_500);
  });

  it('is noticed: a metric and a line in the log', async () => {
    await until(async () => (await metricOf(nodes[0], 'pinroom_pin_alarm')) === 1, 15_000);
    expect(nodes[0].output()).toContain('somebody seems to guess');
  });

  it('over a socket is refused with the time to wait, for the right PIN too', async () => {
    const { socket } = await openSocket(nodes[0].url, 'Guesser');
    const { retryAfterMs } = await firstRefusal(socket);
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    const right = await socket.ask('room:join', { pin });
    expect(right).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
  });

  it('never reaches PostgreSQL', async () => {
    const token = (await newSession(nodes[0].url, 'Guesser')).accessToken;
    // What needs it is answered `unavailable` from now on.
    archive.set('cut');
    expect([await guess(token, 0), await guess(token, 1)]).toEqual([
      'room_not_found',
      'rate_limited',
    ]);
  });

  async function firstRefusal(socket: RawSocket): Promise<{ retryAfterMs: number }> {
    for (;;) {
      const answer = await socket.ask('room:join', { pin: wrongPin() });
      if (answer.ok) throw new Error('A wrong PIN led to a room.');
      const { code, retryAfterMs = 0 } = answer.error;
      if (code === 'rate_limited') return { retryAfterMs };
      expect(code).toBe('room_not_found');
    }
  }
});
