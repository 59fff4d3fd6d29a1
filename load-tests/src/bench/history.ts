import { seededRandom } from '../load/seeded-random.js';
import { ask } from './ask.js';
import { newSession } from './contenders.js';
import type { BenchHouse } from './house.js';
import { readOptions } from './options.js';
import { type Section, shown, shownWithSpread } from './section.js';
import { median } from './statistics.js';
import { type Usage, usageBetween, usageOf } from './usage.js';

const ROWS = 200_000;
const KEPT = 1_000;
/** In each repetition. */
const PAGES = 100;
const LIMIT = 50;
/** Redis keeps what was read in blocks of 100 entries: a page touches two at most. */
const BLOCKS = 200;
const US = 1e6;

interface Sample extends Usage {
  readonly ms: number;
}

/** Pages of a long room: from PostgreSQL, from the blocks of it that Redis keeps, from the stream. */
export async function benchHistory(house: BenchHouse, args: string[]): Promise<Section[]> {
  const { isQuick, repeat } = readOptions(args);
  const url = house.nodes[0]?.url ?? '';
  const rows = isQuick ? ROWS / 20 : ROWS;
  const pages = isQuick ? PAGES / 4 : PAGES;
  const { accessToken: token } = await newSession(url, 0);
  const open = async () =>
    (await ask<{ room: { id: string } }>(`${url}/api/rooms`, { token })).room.id;
  const [archived, live] = [await open(), await open()];
  await ask(`${url}/api/rooms/${archived}/close`, { token });
  await house.wish({ wish: 'fillArchive', roomId: archived, rows });
  await house.wish({ wish: 'fillStreams', roomIds: [live], entries: KEPT });

  const sources = new Map<string, Set<string>>();
  const samples = new Map<string, Sample[]>();
  const random = seededRandom(3);
  // Each place has blocks of its own, so that the first reading finds none of them kept.
  const width = Math.floor(rows / (pages * (repeat + 1)));
  for (let round = 0; round <= repeat; round++) {
    const far = Array.from({ length: pages }, (_, n) => {
      const start = (round * pages + n) * width;
      const seq = start + Math.floor(random() * Math.max(0, width - BLOCKS));
      return `${archived}/entries?limit=${LIMIT}&before=1-${seq + LIMIT}`;
    });
    const near = far.map(() => `${live}/entries?limit=${LIMIT}`);
    for (const [name, paths] of [
      ['PostgreSQL', far],
      ['kept in Redis', far],
      ['the stream in Redis', near],
    ] as const) {
      const seen = sources.get(name) ?? new Set();
      const addresses = paths.map((path) => `${url}/api/rooms/${path}`);
      const sample = await readAll(house, addresses, token, seen);
      sources.set(name, seen);
      // The first round is for what is compiled once.
      if (round > 0) samples.set(name, [...(samples.get(name) ?? []), sample]);
    }
  }
  return [
    {
      title: 'History',
      about:
        `Pages of ${LIMIT} entries over HTTP, one after the other: ${pages} places of a room with ${rows} archived entries, the same once more, and the newest of an open room; ` +
        `that ${repeat} times, at other places each time. µs of CPU for each page.`,
      command: 'npm run bench -- history',
      columns: ['from', 'source', 'ms, p50', '±', 'server', '±', 'Redis', 'PostgreSQL'],
      rows: [...samples].map(([name, all]) => {
        const us = (of: (sample: Sample) => number) =>
          all.map((sample) => (of(sample) / pages) * US);
        return [
          name,
          [...(sources.get(name) ?? [])].join(', '),
          ...shownWithSpread(all.map(({ ms }) => ms)),
          ...shownWithSpread(
            us(({ node }) => node),
            0,
          ),
          shown(median(us(({ redis }) => redis)), 0),
          shown(median(us(({ postgres }) => postgres)), 0),
        ];
      }),
    },
  ];
}

/** `sources` learns where the pages came from. */
async function readAll(
  house: BenchHouse,
  addresses: readonly string[],
  token: string,
  sources: Set<string>,
): Promise<Sample> {
  const asked = { pids: [house.nodes[0]?.pid ?? 0] };
  const before = usageOf(house, asked);
  const ms: number[] = [];
  for (const address of addresses) {
    const start = performance.now();
    const { source } = await ask<{ source: string }>(address, { method: 'GET', token });
    ms.push(performance.now() - start);
    sources.add(source);
  }
  return { ...usageBetween(before, usageOf(house, asked)), ms: median(ms) };
}
