import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/drivers/postgres/database.js';
import { openPostgres } from '../../../src/drivers/postgres/open-database.js';
import { PostgresEntryArchive } from '../../../src/drivers/postgres/postgres-entry-archive.js';
import { PostgresRoomArchive } from '../../../src/drivers/postgres/postgres-room-archive.js';
import type { ArchiveRow } from '../../../src/engine/history/entry-archive.port.js';
import { silentLogger } from '../../../src/engine/runtime/logger.js';
import { afterFile } from '../../support/after-file.js';
import { createDatabase } from '../../support/services.js';
import { openProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/until.js';

/** Only the server on the other side of a network fails in these ways, so the embedded one is not here. */

const LONGEST_WAIT_MS = 4_000;

interface Rig {
  readonly database: Database;
  readonly rooms: PostgresRoomArchive;
  readonly proxy: TcpProxy;
  /** Past the proxy. */
  readonly observer: pg.Client;
}

async function startRig(): Promise<Rig> {
  const { url } = await createDatabase();
  const direct = new URL(url);
  const proxy = await openProxy({ host: direct.hostname, port: Number(direct.port || 5432) });
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String(proxy.port);
  const database = openPostgres({ url: proxied.href, logger: silentLogger });
  afterFile(() => database.close());
  await database.migrate();
  const observer = new pg.Client({ connectionString: url });
  observer.on('error', () => {});
  await observer.connect();
  afterFile(() => observer.end());
  return { database, rooms: new PostgresRoomArchive(database), proxy, observer };
}

async function timed(call: () => Promise<unknown>): Promise<{ ms: number; outcome: unknown }> {
  const start = performance.now();
  const outcome = await call().then(
    () => 'ok',
    (fault: unknown) => (fault as { code?: unknown }).code ?? fault,
  );
  return { ms: performance.now() - start, outcome };
}

describe('a PostgreSQL that fails', () => {
  it('refusing connections: unavailable at once, and back within seconds', async () => {
    const { rooms, proxy, database } = await startRig();
    proxy.set('cut');
    for (let n = 0; n < 4; n++) {
      const { ms, outcome } = await timed(() => rooms.findRoom(randomUUID()));
      expect(outcome).toBe('unavailable');
      expect(ms).toBeLessThan(LONGEST_WAIT_MS);
    }
    const { ms, outcome } = await timed(() => rooms.findRoom(randomUUID()));
    expect(outcome).toBe('unavailable');
    expect(ms).toBeLessThan(200);
    await expect(database.ping()).rejects.toMatchObject({ code: 'unavailable' });
    proxy.set('pass');
    await until(() => rooms.findRoom(randomUUID()).then(() => true), 5_000);
    await database.ping();
  });

  it('silent: nobody waits longer than four seconds, later callers hardly', async () => {
    const { rooms, proxy, database } = await startRig();
    await rooms.findRoom(randomUUID());
    proxy.set('hold');
    const calls = await Promise.all(
      Array.from({ length: 12 }, () => timed(() => rooms.findRoom(randomUUID()))),
    );
    for (const { ms, outcome } of calls) {
      expect(outcome).toBe('unavailable');
      expect(ms).toBeLessThan(LONGEST_WAIT_MS);
    }
    const ping = await timed(() => database.ping());
    expect(ping.outcome).toBe('unavailable');
    expect(ping.ms).toBeLessThan(1_500);
    proxy.set('cut');
    proxy.set('pass');
    await until(() => rooms.findRoom(randomUUID()).then(() => true), 8_000);
  });

  it('stuck behind a lock: unavailable in time, callers beyond the bound at once, no connection lost', async () => {
    const { rooms, observer } = await startRig();
    await observer.query('begin');
    await observer.query('lock table rooms in access exclusive mode');
    const calls = await Promise.all(
      Array.from({ length: 300 }, () => timed(() => rooms.findRoom(randomUUID()))),
    );
    expect(new Set(calls.map(({ outcome }) => outcome))).toEqual(new Set(['unavailable']));
    expect(Math.max(...calls.map(({ ms }) => ms))).toBeLessThan(LONGEST_WAIT_MS + 200);
    expect(calls.filter(({ ms }) => ms < 1_500).length).toBeGreaterThanOrEqual(300 - 208);
    const { rows } = await observer.query(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and application_name = 'pinroom'`,
    );
    expect(rows[0].n).toBeLessThanOrEqual(8);
    await observer.query('rollback');
    await until(() => rooms.findRoom(randomUUID()).then(() => true), 5_000);
  });

  it('[ARCHIVE-1] ending connections in the middle: each row is there once', async () => {
    const { database, observer } = await startRig();
    const entries = new PostgresEntryArchive(database);
    const roomId = randomUUID();
    let done = false;
    const killer = (async () => {
      while (!done) {
        await observer.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'pinroom'`,
        );
        await new Promise((next) => setTimeout(next, 40));
      }
    })();
    try {
      for (let batch = 0; batch < 40; batch++) {
        const rows = Array.from({ length: 50 }, (_, n) => chat(roomId, batch * 50 + n));
        await until(() => entries.insert(rows).then(() => true), 10_000);
      }
    } finally {
      done = true;
      await killer;
    }
    const { rows } = await observer.query(
      'select count(*)::int as n, max(seq)::int as top from entries where room_id = $1',
      [roomId],
    );
    expect(rows).toEqual([{ n: 2_000, top: 1_999 }]);
  });

  it('closing can be repeated, and ends every connection', async () => {
    const { database, rooms, observer } = await startRig();
    await rooms.findRoom(randomUUID());
    await Promise.all([database.close(), database.close()]);
    await until(async () => {
      const { rows } = await observer.query(
        `select 1 from pg_stat_activity
         where datname = current_database() and application_name = 'pinroom'`,
      );
      return rows.length === 0;
    });
  });
});

function chat(roomId: string, seq: number): ArchiveRow {
  return {
    roomId,
    channel: 'room',
    epoch: 1,
    seq,
    at: seq,
    type: 'chat',
    userId: null,
    nickname: null,
    payload: `{"seq":${seq}}`,
    key: null,
    after: null,
  };
}
