// `npm run sizing`: how large a house has to be, by the model of load-tests/src/sizing/. `--write` puts its
// tables into docs/operations.md, `--check` starts a small house and compares it with the model.

import pg from 'pg';
import { HELP, parseSizing } from '../load-tests/dist/sizing/sizing-arguments.js';
import { runSizing } from '../load-tests/dist/sizing/sizing-command.js';
import { writeSizingPage } from '../load-tests/dist/sizing/sizing-page.js';
import { WISHES } from './bench-wishes.mjs';
import { closeHouse, openHouse } from './house.mjs';
import { inRepository } from './repository.mjs';
import { END_SIGNALS } from './run-command.mjs';

/** Who is gone leaves the room soon, so that this is measured as well. */
const SHORT_GRACE = { PINROOM_REJOIN_GRACE_SECONDS: '1' };

const FIGURES = `
  select
    (select count(*) from rooms)::int as rooms,
    (select count(*) from room_members)::int as members,
    (select count(*) from sessions)::int as sessions,
    count(*) filter (where channel = 'log')::int as logged,
    count(*) filter (where channel <> 'log')::int as said,
    coalesce(avg(length(payload)) filter (where channel <> 'log'), 0)::float as "payloadBytes",
    pg_total_relation_size('entries')::float as "entryBytes"
  from entries`;

/** Redis, PostgreSQL and nodes, as the check wants them. */
async function openSizingHouse({ nodes }) {
  const house = await openHouse({ nodes, isDurable: true, env: SHORT_GRACE });
  const archive = new pg.Client({ connectionString: house.databaseUrl });
  await archive.connect();
  return {
    ...house,
    wish: ({ wish, ...wished }) => WISHES[wish](house, wished),
    print: (line) => process.stdout.write(`${line}\n`),
    async readArchive() {
      const { rows } = await archive.query(FIGURES);
      return rows[0];
    },
    async close() {
      await archive.end();
      await closeHouse();
    },
  };
}

async function run(args) {
  const wish = parseSizing(args);
  if (wish.kind === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (wish.kind === 'write') {
    await writeSizingPage(inRepository('docs/operations.md'));
    return 0;
  }
  const print = (text) => process.stdout.write(`${text}\n`);
  return (await runSizing(wish, { openHouse: openSizingHouse, print })) ? 0 : 1;
}

for (const signal of END_SIGNALS) {
  process.once(signal, async () => {
    await closeHouse();
    process.exit(130);
  });
}
let status = 1;
try {
  status = await run(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
} finally {
  await closeHouse();
}
// What broke off may have left sockets that would go on.
process.exit(status);
