import { PinroomClient } from '@pinroom/client';
import { LatencyHistogram } from '../load/latency-histogram.js';
import { pause } from '../waiting.js';
import { archivedEntries, untilArchived } from './archived-entries.js';
import type { BenchHouse } from './house.js';
import { readOptions } from './options.js';
import { type Section, shownWithSpread } from './section.js';
import { usageBetween, usageOf } from './usage.js';

const ROOMS = 40;
const WHOLE = { entries: 100_000, seconds: 6 };
const QUICK = { entries: 5_000, seconds: 2 };
const PER_SECOND = 5_000;
const LOOK_MS = 100;
const DRAIN_MS = 120_000;

interface Bulk {
  readonly perNodeSecond: number;
  readonly perSecond: number;
  readonly postgresUs: number;
}

/** How fast entries get from the streams into committed rows, and how far behind they are. */
export async function benchArchive(house: BenchHouse, args: string[]): Promise<Section[]> {
  const { isQuick, repeat } = readOptions(args);
  const { entries, seconds } = isQuick ? QUICK : WHOLE;
  const host = new PinroomClient({ url: house.nodes[0]?.url ?? '', nickname: 'Host' });
  const roomIds: string[] = [];
  for (let n = 0; n < ROOMS; n++) roomIds.push((await host.createRoom({})).room.id);
  const bulks: Bulk[] = [];
  const lags: LatencyHistogram[] = [];
  // The first round is for what is compiled and grown once.
  for (let n = isQuick ? 1 : 0; n <= repeat; n++) {
    const bulk = await inBulk(house, roomIds, entries);
    const lag = await steadily(house, roomIds, seconds);
    if (n === 0) continue;
    bulks.push(bulk);
    lags.push(lag);
  }
  await host.stop();
  const each = (of: (bulk: Bulk) => number, decimals: number) =>
    shownWithSpread(bulks.map(of), decimals);
  const lagAt = (percent: number) =>
    shownWithSpread(lags.map((lag) => (lag.percentile(percent) ?? Number.NaN) / 1_000));
  return [
    {
      title: 'Archive',
      about: `${entries} entries are put into ${ROOMS} rooms as fast as Redis takes them, by another process; then ${PER_SECOND} a second for ${seconds} s; all that ${repeat} times.`,
      command: 'npm run bench -- archive',
      columns: ['', 'median', '±'],
      rows: [
        ['rows per second of node CPU', ...each(({ perNodeSecond }) => perNodeSecond, 0)],
        ['rows per second', ...each(({ perSecond }) => perSecond, 0)],
        ['PostgreSQL, µs of CPU per row', ...each(({ postgresUs }) => postgresUs, 1)],
        [`lag at ${PER_SECOND}/s, p50, s`, ...lagAt(50)],
        [`lag at ${PER_SECOND}/s, p99, s`, ...lagAt(99)],
      ],
    },
  ];
}

async function inBulk(house: BenchHouse, roomIds: string[], entries: number): Promise<Bulk> {
  const pids = house.nodes.map(({ pid }) => pid);
  const [first, before, start] = [
    await archivedEntries(house),
    usageOf(house, { pids }),
    performance.now(),
  ];
  await house.wish({ wish: 'fillStreams', roomIds, entries });
  await untilArchived(house, first + entries, DRAIN_MS);
  const seconds = (performance.now() - start) / 1_000;
  const used = usageBetween(before, usageOf(house, { pids }));
  return {
    perNodeSecond: entries / used.node,
    perSecond: entries / seconds,
    postgresUs: (used.postgres / entries) * 1e6,
  };
}

/** Since when the first entry is due that the archive does not have, looked at again and again. */
async function steadily(
  house: BenchHouse,
  roomIds: string[],
  seconds: number,
): Promise<LatencyHistogram> {
  const lag = new LatencyHistogram();
  const first = await archivedEntries(house);
  const looks: { readonly count: number; readonly at: number }[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const count = (await archivedEntries(house)) - first;
      looks.push({ count, at: performance.timeOrigin + performance.now() });
      await pause(LOOK_MS);
    }
  })();
  const entries = seconds * PER_SECOND;
  const wish = { wish: 'fillStreams', roomIds, entries, perSecond: PER_SECOND } as const;
  // Later than the wish: who grants it has to reach Redis first.
  const startedAt = (await house.wish(wish)) as number;
  isOver = true;
  await watching;
  for (const { at, count } of looks) {
    const dueAt = startedAt + (count * 1_000) / PER_SECOND;
    if (at >= startedAt) lag.record(at - dueAt);
  }
  await untilArchived(house, first + entries, DRAIN_MS);
  return lag;
}
