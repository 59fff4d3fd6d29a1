import { readSystemLimits } from '../load/machine-limits.js';
import { pause } from '../waiting.js';
import { type Contender, pinroom, startPeers } from './contenders.js';
import { Field } from './field.js';
import type { BenchHouse } from './house.js';
import { readOptions } from './options.js';
import { residentBytes } from './process-cpu.js';
import { type Section, shown, shownWithSpread } from './section.js';
import { spread } from './statistics.js';

const MEMBERS = 50;
/** More tell nothing more, and need more ports than most systems give. */
const MOST = 25_000;
/** Files that a server, or this process, has open beside its connections. */
const OTHER_FILES = 150;
/** A first crowd grows what every crowd uses again. */
const WHOLE = { first: 20, crowds: 5, calmMs: 1_500, collectMs: 1_000 };
const QUICK = { first: 4, crowds: 1, calmMs: 500, collectMs: 500 };
const QUICK_ROOMS = 6;
const KIB = 1_024;

interface Row {
  readonly name: string;
  /** Bytes per connection, of all crowds together and of each. */
  readonly held: number;
  readonly ofEach: readonly number[];
}

/** What a joined connection that says nothing keeps in memory. */
export async function benchMemory(house: BenchHouse, args: string[]): Promise<Section[]> {
  const options = readOptions(args);
  const peers = options.peers ?? (options.isQuick ? ['bare'] : ['bare', 'bare on ws', 'Colyseus']);
  const plan = options.isQuick ? QUICK : WHOLE;
  const rooms = options.isQuick ? QUICK_ROOMS : Math.floor(mostRooms() / plan.crowds);
  const rows: Row[] = [];
  for (const contender of [...(await startPeers(house, peers)), pinroom(house)]) {
    rows.push(await measure(house, contender, rooms, plan));
    await contender.stop();
  }
  return [
    {
      title: 'Memory per joined connection',
      about:
        `${plan.crowds * rooms * MEMBERS} more members come to rooms of ${MEMBERS} in ${plan.crowds} crowds and stay, all silent; ` +
        'growth of the resident set of the server process, after its garbage was collected. Median and ± are of the crowds.',
      command: 'npm run bench -- memory',
      columns: ['', 'KiB per connection', 'median', '±'],
      rows: rows.map(({ name, held, ofEach }) => [
        name,
        shown(held / KIB, 1),
        ...shownWithSpread(
          ofEach.map((bytes) => bytes / KIB),
          1,
        ),
      ]),
      chart: {
        name: 'memory',
        title: 'Memory per joined connection',
        unit: 'KiB of the resident set',
        bars: rows.map(({ name, held, ofEach }) => ({
          name,
          value: held / KIB,
          spread: spread(ofEach) / KIB,
          isOurs: name === 'Pinroom',
        })),
      },
    },
  ];
}

/** As many as one process may hold connections, beside the first crowd. */
function mostRooms(): number {
  const { openFiles, ports } = readSystemLimits();
  const connections = Math.min(MOST, (openFiles ?? MOST) - OTHER_FILES, ports ?? MOST);
  return Math.floor(connections / MEMBERS) - WHOLE.first;
}

async function measure(
  house: BenchHouse,
  contender: Contender,
  rooms: number,
  plan: typeof WHOLE,
): Promise<Row> {
  const fields = [await Field.open(contender, { rooms: plan.first, members: MEMBERS })];
  const held = [await heldBy(house, contender, plan)];
  for (let n = 0; n < plan.crowds; n++) {
    fields.push(await Field.open(contender, { rooms, members: MEMBERS }));
    held.push(await heldBy(house, contender, plan));
  }
  for (const field of fields) field.close();
  const crowd = rooms * MEMBERS;
  const ofEach = held.slice(1).map((bytes, n) => (bytes - (held[n] ?? Number.NaN)) / crowd);
  const whole = ((held.at(-1) ?? Number.NaN) - (held[0] ?? Number.NaN)) / (crowd * plan.crowds);
  return { name: contender.name, held: whole, ofEach };
}

/** Bytes, after all garbage is gone; the processes collect theirs when they are told to. */
async function heldBy(
  house: BenchHouse,
  { pids }: Contender,
  { calmMs, collectMs }: typeof WHOLE,
): Promise<number> {
  await pause(calmMs);
  for (let n = 0; n < 2; n++) {
    await house.wish({ wish: 'collectGarbage', pids });
    await pause(collectMs);
  }
  return pids.reduce((sum, pid) => sum + residentBytes(pid), 0);
}
