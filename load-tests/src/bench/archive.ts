import { PinroomClient } from '@pinroom/client';
import { LatencyHistogram } from '../load/latency-histogram.js';
import { eventually, pause } from '../waiting.js';
import { type BenchHouse, figureOf } from './house.js';
import { readOptions } from './options.js';
import { type Section, shown } from './section.js';
import { usageBetween, usageOf } from './usage.js';

const ROOMS = 40;
const ENTRIES = 100_000;
const PER_SECOND = 5_000;
const SECONDS = 12;
const LOOK_MS = 100;
const DRAIN_MS = 120_000;
const ARCHIVED = 'pinroom_archived_entries_total';

/** How fast entries get from the streams into committed rows, and how far behind they are. */
export async function benchArchive(house: BenchHouse, args: string[]): Promise<Section[]> {
  const { isQuick } = readOptions(args);
  const pids = house.nodes.map(({ pid }) => pid);
  const host = new PinroomClient({ url: house.nodes[0]?.url ?? '', nickname: 'Host' });
  const roomIds: string[] = [];
  for (let n = 0; n < ROOMS; n++) roomIds.push((await host.createRoom({})).room.id);
  const archived = async () => {
    const counts = await Promise.all(house.nodes.map(({ url }) => figureOf(house, url, ARCHIVED)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const drain = async (goal: number) => {
    let done = 0;
    const looking = setInterval(() => {
      archived().then((count) => {
        done = count;
      }, console.error);
    }, LOOK_MS);
    await eventually('all is archived', DRAIN_MS, () => done >= goal);
    clearInterval(looking);
  };

  const entries = isQuick ? ENTRIES / 20 : ENTRIES;
  const [first, before, start] = [await archived(), usageOf(house, { pids }), performance.now()];
  await house.wish({ wish: 'fillStreams', roomIds, entries });
  await drain(first + entries);
  const seconds = (performance.now() - start) / 1_000;
  const used = usageBetween(before, usageOf(house, { pids }));

  const steady = isQuick ? 2 : SECONDS;
  const lag = new LatencyHistogram();
  const [second, startAt] = [await archived(), performance.now()];
  let isOver = false;
  // Since when the first entry is due that the archive does not have.
  const watching = (async () => {
    while (!isOver) {
      const dueMs = (((await archived()) - second) * 1_000) / PER_SECOND;
      lag.record(performance.now() - startAt - dueMs);
      await pause(LOOK_MS);
    }
  })();
  await house.wish({
    ...{ wish: 'fillStreams', roomIds },
    ...{ entries: steady * PER_SECOND, perSecond: PER_SECOND },
  });
  isOver = true;
  await watching;
  await drain(second + steady * PER_SECOND);
  await host.stop();
  const lagAt = (percent: number) => shown((lag.percentile(percent) ?? Number.NaN) / 1_000);
  return [
    {
      title: 'Archive',
      about: `${entries} entries are put into ${ROOMS} rooms as fast as Redis takes them, by another process; then ${PER_SECOND} a second for ${steady} s.`,
      command: 'npm run bench -- archive',
      columns: ['', ''],
      rows: [
        ['rows per second of node CPU', shown(entries / used.node, 0)],
        ['rows per second', shown(entries / seconds, 0)],
        ['PostgreSQL, µs of CPU per row', shown((used.postgres / entries) * 1e6, 1)],
        [`lag at ${PER_SECOND}/s, p50, s`, lagAt(50)],
        [`lag at ${PER_SECOND}/s, p99, s`, lagAt(99)],
      ],
    },
  ];
}
