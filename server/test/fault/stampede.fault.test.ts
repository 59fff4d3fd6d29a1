import { beforeAll, describe, expect, it } from 'vitest';
import { newSession } from '../support/http-calls.js';
import { openSocket, RawSocket } from '../support/raw-socket.js';
import { until } from '../support/until.js';
import { House } from './rig/house.js';

const JOINS = 2_000;
const SOCKETS = 1_000;
const AT_ONCE = 50;
/** The newest page of them lies in one block of a hundred. */
const ENTRIES = 180;
const STATEMENT = /(?:execute \S+|statement): ([^\n]+(?:\n\t[^\n]*)*)/g;
/** Stands in the log of PostgreSQL where the joins begin. */
const MARK = 'from here on everybody joins';
/** On a small machine; nobody waits for PostgreSQL. */
const ALL_IN_MS = 30_000;

describe(`${JOINS} joins of one room at once on three nodes, after Redis has lost everything`, () => {
  let house: House;

  beforeAll(async () => {
    // Every statement is a line of its log.
    house = await House.open({
      postgres: { log_statement: 'all', log_parameter_max_length: '0' },
    });
  });

  /** How often PostgreSQL was given each statement; in its log further lines of one are indented. */
  function statements(output: string): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [, statement = ''] of output.matchAll(STATEMENT)) {
      const text = statement.replaceAll(/\s+/g, ' ');
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    return counts;
  }

  it('asks PostgreSQL no question more often than there are nodes', async () => {
    const { socket: host } = await openSocket(house.url, 'Host');
    const { room } = await host.must('room:create', { capacity: 10 * SOCKETS });
    const roomId = room.id;
    for (let n = 0; n < ENTRIES; n++) {
      await host.must('room:send', { roomId, type: 'chat', payload: n });
    }
    await until(async () => {
      const [row] = await house.query<{ rows: number }>(
        `select count(*)::int as rows from entries where channel = 'room'`,
      );
      return row?.rows === ENTRIES;
    }, 10_000);

    const sockets: RawSocket[] = [];
    for (let n = 0; n < SOCKETS; n += AT_ONCE) {
      const coming = Array.from({ length: AT_ONCE }, async (_, k) => {
        const { accessToken } = await newSession(house.url, `Player ${n + k}`);
        return new RawSocket(house.url, { token: accessToken }).greeted();
      });
      sockets.push(...(await Promise.all(coming)));
    }

    await house.withRedis((redis) => redis.flushall());
    await house.query(`select '${MARK}'`);
    const startedAt = performance.now();
    const wish = { pin: room.pin ?? '' };
    const answers = await Promise.all(
      Array.from({ length: JOINS }, (_, n) => sockets[n % SOCKETS]?.ask('room:join', wish)),
    );
    const tookMs = performance.now() - startedAt;
    const seen = statements(house.postgres.output().split(MARK).at(-1) ?? '');
    process.stdout.write(`${JOINS} joins took ${Math.round(tookMs)} ms\n`);
    for (const [kind, count] of seen) process.stdout.write(`${count} x ${kind.slice(0, 100)}\n`);

    const codes = new Set(answers.map((answer) => (answer?.ok ? 'ok' : answer?.error.code)));
    expect([...codes]).toEqual(['ok']);
    expect(tookMs).toBeLessThan(ALL_IN_MS);
    const newest = answers.map((answer) => answer?.ok && answer.data.channels.room?.entries.length);
    expect(new Set(newest)).toEqual(new Set([50]));
    const reads = [...seen].filter(([kind]) =>
      /^(select|with)\b.* from "?(rooms|entries|pins)\b/.test(kind),
    );
    expect(reads.length).toBeGreaterThan(2);
    expect(reads.filter(([, count]) => count > house.nodes.length)).toEqual([]);
  }, 120_000);
});
