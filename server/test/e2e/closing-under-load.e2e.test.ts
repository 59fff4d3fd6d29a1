import type { Entry, EntryPage } from '@pinroom/client/contract';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { UNLIMITED } from '../support/backends.js';
import { call } from '../support/http-calls.js';
import { openSocket, type RawSocket } from '../support/raw-socket.js';
import { startPostgres, startRedis } from '../support/services.js';
import { spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const SENDERS = 6;
/** Of one sender; each goes on until it is refused. */
const LANES = 12;
const BEFORE_CLOSING = 1_500;
const LONGEST_MS = 20_000;

interface Kept {
  readonly seq: number;
  readonly at: number;
  readonly payload: string;
}

describe.each(['there', 'away'] as const)(
  'a room that is closed while everybody sends, PostgreSQL being %s',
  (postgresIs) => {
    it('keeps what was acknowledged, and takes nothing after it', async () => {
      const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
      const env = { ...UNLIMITED, REDIS_URL: redis.url, DATABASE_URL: postgres.url };
      // One after the other: both would make the tables.
      const nodes = [await spawnNode({ env }), await spawnNode({ env })];
      const urlOf = (n: number) => nodes[n % 2]?.url ?? '';

      const host = await openSocket(urlOf(0), 'Host');
      const { room } = await host.socket.must('room:create', {});
      const roomId = room.id;
      await host.socket.must('room:join', { roomId });
      const senders: RawSocket[] = [];
      for (let n = 0; n < SENDERS; n++) {
        const { socket } = await openSocket(urlOf(n), `Sender ${n}`);
        await socket.must('room:join', { roomId });
        senders.push(socket);
      }

      const acknowledged = new Map<number, string>();
      const refused = new Set<string>();
      const lane = async (socket: RawSocket, name: string) => {
        for (let n = 0; ; n++) {
          const payload = `${name} ${n}`;
          const answer = await socket.ask('room:send', { roomId, type: 'x', payload });
          if (!answer.ok) return void refused.add(answer.error.code);
          acknowledged.set(Number(answer.data.id.split('-')[1]), payload);
        }
      };
      const sending = senders.flatMap((socket, s) =>
        Array.from({ length: LANES }, (_, l) => lane(socket, `${s}.${l}`)),
      );
      await until(() => acknowledged.size >= BEFORE_CLOSING, LONGEST_MS);
      if (postgresIs === 'away') postgres.pause();
      await host.socket.must('room:close', { roomId });
      await Promise.all(sending);
      expect([...refused]).toEqual(['room_closed']);
      for (const { socket } of [host, ...senders.map((socket) => ({ socket }))]) {
        await until(() => socket.seen('room:left').length > 0);
        expect(socket.seen('room:left')).toEqual([{ roomId, reason: 'closed' }]);
      }
      if (postgresIs === 'away') postgres.resume();

      const database = new pg.Client({ connectionString: postgres.url });
      await database.connect();
      const rows = async <R>(statement: string): Promise<R[]> =>
        (await database.query(statement, [roomId])).rows as R[];
      try {
        // The last step of closing: the row is closed once everything is archived.
        await until(
          async () =>
            (await rows('select 1 from rooms where id = $1 and closed_at > 0')).length === 1,
          LONGEST_MS,
        );
        const kept = await rows<Kept>(
          `select seq::int, at::float8, payload from entries
           where room_id = $1 and channel = 'room' order by epoch, seq`,
        );
        expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, n) => n));
        expect(kept.length).toBe(acknowledged.size);
        const other = kept.filter(
          ({ seq, payload }) => JSON.parse(payload) !== acknowledged.get(seq),
        );
        expect(other).toEqual([]);
        const pins = await rows<{ resting: boolean }>(
          'select resting from pins where room_id = $1',
        );
        expect(pins).toEqual([{ resting: true }]);
        // And nobody sees anything else than what was kept.
        const log = await call<EntryPage>(`${urlOf(1)}/api/rooms/${roomId}/entries?channel=log`, {
          token: host.token,
        });
        const closed = log.body.entries.at(-1) as Entry;
        expect(closed).toMatchObject({ type: 'closed', payload: { reason: 'closed' } });
        expect(kept.at(-1)?.at ?? 0).toBeLessThanOrEqual(closed.at);
      } finally {
        await database.end();
      }
    });
  },
);
