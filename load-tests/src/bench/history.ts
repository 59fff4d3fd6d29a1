import { seededRandom } from '../load/seeded-random.js';
import { ask } from './ask.js';
import { newSession } from './contenders.js';
import type { BenchHouse } from './house.js';
import { readOptions } from './options.js';
import { type Section, shown } from './section.js';
import { median } from './statistics.js';
import { usageBetween, usageOf } from './usage.js';

const ROWS = 200_000;
const KEPT = 1_000;
const PAGES = 300;
const LIMIT = 50;
const US = 1e6;

/** Pages of a long room: from PostgreSQL, from the blocks of it that Redis keeps, from the stream. */
export async function benchHistory(house: BenchHouse, args: string[]): Promise<Section[]> {
  const { isQuick } = readOptions(args);
  const [node] = house.nodes;
  const url = node?.url ?? '';
  const rows = isQuick ? ROWS / 20 : ROWS;
  const pages = isQuick ? PAGES / 10 : PAGES;
  const { accessToken: token } = await newSession(url, 0);
  const open = async () =>
    (await ask<{ room: { id: string } }>(`${url}/api/rooms`, { token })).room.id;
  const [archived, live] = [await open(), await open()];
  await ask(`${url}/api/rooms/${archived}/close`, { token });
  await house.wish({ wish: 'fillArchive', roomId: archived, rows });
  await house.wish({ wish: 'fillStreams', roomIds: [live], entries: KEPT });

  const random = seededRandom(3);
  // Blocks of their own, so that the first reading finds none of them kept.
  const places = Array.from({ length: pages }, (_, n) =>
    Math.floor(((n + random()) / pages) * rows),
  );
  const far = places.map((seq) => `${archived}/entries?limit=${LIMIT}&before=1-${seq + LIMIT}`);
  const near = places.map(() => `${live}/entries?limit=${LIMIT}`);
  const found: string[][] = [];
  for (const [name, paths] of [
    ['PostgreSQL', far],
    ['kept in Redis', far],
    ['the stream in Redis', near],
  ] as const) {
    const [before, ms, sources] = [
      usageOf(house, { pids: [node?.pid ?? 0] }),
      [] as number[],
      new Set<string>(),
    ];
    for (const path of paths) {
      const start = performance.now();
      const { source } = await ask<{ source: string }>(`${url}/api/rooms/${path}`, {
        method: 'GET',
        token,
      });
      ms.push(performance.now() - start);
      sources.add(source);
    }
    const used = usageBetween(before, usageOf(house, { pids: [node?.pid ?? 0] }));
    const each = (seconds: number) => shown((seconds / pages) * US, 0);
    found.push([
      name,
      [...sources].join(', '),
      shown(median(ms)),
      each(used.node),
      each(used.redis),
      each(used.postgres),
    ]);
  }
  return [
    {
      title: 'History',
      about: `Pages of ${LIMIT} entries over HTTP, one after the other: ${pages} places of a room with ${rows} archived entries, the same once more, and the newest of an open room. µs of CPU for each.`,
      command: 'npm run bench -- history',
      columns: ['from', 'source', 'ms, p50', 'server', 'Redis', 'PostgreSQL'],
      rows: found,
    },
  ];
}
