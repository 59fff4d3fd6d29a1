// `npm run bench -- <name> [options]`: starts a Redis, a PostgreSQL and nodes of its own, and runs a
// benchmark of load-tests/ against them. What a benchmark cannot get over the protocol (rows by the
// million, whose processes they are) it gets from here. `npm run bench` alone lists what there is.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { closeHouse, openHouse } from './house.mjs';
import { inRepository } from './repository.mjs';
import { END_SIGNALS } from './run-command.mjs';

/** So many entries of a closed room's `room` channel, as if they had been said. */
async function fillArchive(databaseUrl, { roomId, rows }) {
  if (!databaseUrl) throw new Error('The embedded archive lets nobody else in.');
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `insert into entries (room_id, channel, epoch, seq, at, type, payload)
       select $1::uuid, 'room', 1, n, n, 'chat', json_build_object('text', md5(n::text), 'n', n)::text
       from generate_series(0, $2::int - 1) as n`,
      [roomId, rows],
    );
    await client.query('analyze entries');
  } finally {
    await client.end();
  }
}

async function run() {
  const args = process.argv.slice(2);
  const at = args.indexOf('--nodes');
  const nodeCount = at < 0 ? 1 : Number(args.splice(at, 2)[1]);
  if (!(nodeCount >= 1 && nodeCount <= 8)) throw new Error('--nodes wants a number from 1 to 8.');
  const isEmbedded = args.includes('--embedded');
  if (isEmbedded) args.splice(args.indexOf('--embedded'), 1);
  const isHelp = args.length === 0 || args.includes('--help');
  const house = isHelp ? null : await openHouse({ nodes: isEmbedded ? 0 : nodeCount });
  const told = house && {
    nodes: house.nodes.map(({ url, pid }) => ({ url, pid })),
    redisPid: house.redisPid,
    postgresPid: house.postgresPid,
    redisUrl: house.redisUrl,
    operatorToken: house.operatorToken,
  };
  const child = fork(inRepository('load-tests/dist/bench/main.js'), args, {
    env: { ...process.env, PINROOM_BENCH_HOUSE: JSON.stringify(told) },
  });
  const end = (signal) => child.kill(signal);
  for (const signal of END_SIGNALS) process.on(signal, end);
  child.on('message', async (wish) => {
    const fault = await fillArchive(house?.databaseUrl, wish).then(() => null, String);
    if (child.connected) child.send({ fault });
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await closeHouse();
}
