import { LatencyHistogram } from '../load/latency-histogram.js';
import { seededRandom } from '../load/seeded-random.js';
import {
  type Contender,
  type PeerName,
  pinroom,
  pinroomWithoutArchive,
  startPeers,
} from './contenders.js';
import { type EntryWindow, entryWindow } from './entry-window.js';
import { Field, type Shape } from './field.js';
import type { BenchHouse } from './house.js';
import { type BenchOptions, chosen, readOptions } from './options.js';
import { type Section, shown } from './section.js';
import { median, spread } from './statistics.js';

interface Load extends Shape {
  readonly name: string;
  /** Entries a second over all rooms. */
  readonly perSecond: number;
  /** Whom it is compared with; null: all. */
  readonly peers: readonly PeerName[] | null;
  /** Null: a quick run goes without. */
  readonly quickly: QuickLoad | null;
}

type QuickLoad = Pick<Load, 'rooms' | 'members' | 'perSecond' | 'peers'>;

/**
 * Of one core the server has a third to two thirds to do at these rates, and at the last one a fifth. At
 * 2,000 entries a second each entry wakes everybody up by itself; at 4,000 some come together.
 */
const LOADS: readonly Load[] = [
  {
    name: '20 × 50',
    ...{ rooms: 20, members: 50, perSecond: 1_000, peers: null },
    quickly: { rooms: 4, members: 50, perSecond: 300, peers: ['bare', 'Colyseus'] },
  },
  {
    name: '100 × 10',
    ...{ rooms: 100, members: 10, perSecond: 2_000, peers: null },
    quickly: { rooms: 20, members: 10, perSecond: 600, peers: ['bare'] },
  },
  {
    name: '100 × 10, busy',
    ...{ rooms: 100, members: 10, perSecond: 4_000 },
    peers: ['bare', 'classic', 'store then emit', 'Colyseus'],
    quickly: null,
  },
  {
    name: '1 × 2,000',
    ...{ rooms: 1, members: 2_000, perSecond: 25 },
    peers: ['bare', 'bare on ws', 'classic', 'Colyseus', 'Colyseus on ws'],
    quickly: { rooms: 1, members: 300, perSecond: 50, peers: ['bare'] },
  },
  {
    name: '20 × 10',
    ...{ rooms: 20, members: 10, perSecond: 1_000 },
    peers: ['bare', 'bare on ws', 'classic', 'store then emit', 'Colyseus'],
    quickly: null,
  },
];

const US = 1e6;

/** CPU of every server for the same load, one after the other, several times. */
export async function benchDeliveries(house: BenchHouse, args: string[]): Promise<Section[]> {
  const options = readOptions(args);
  const sections: Section[] = [];
  const loads = options.isQuick
    ? LOADS.flatMap((load) => (load.quickly ? { ...load, ...load.quickly } : []))
    : LOADS;
  for (const [place, load] of chosen(loads, options).entries()) {
    const contenders = [
      ...(await startPeers(house, options.peers ?? load.peers)),
      pinroom(house),
      // A quick run sees once that it works.
      ...(options.isQuick && place > 0 ? [] : pinroomWithoutArchive(house)),
    ];
    sections.push(await compare(house, options, contenders, load));
    for (const contender of contenders) await contender.stop();
  }
  return sections;
}

async function compare(
  house: BenchHouse,
  options: BenchOptions,
  contenders: readonly Contender[],
  load: Load,
): Promise<Section> {
  const perSecond = options.rate ?? load.perSecond;
  const fields: Field[] = [];
  for (const contender of contenders) fields.push(await Field.open(contender, load));
  const samples = fields.map((): EntryWindow[] => []);
  // The first window is for what is compiled and grown once.
  for (let n = options.isQuick ? 1 : 0; n <= options.repeat; n++) {
    for (const [place, field] of fields.entries()) {
      // The same moments for all in a round.
      const random = seededRandom(n);
      const saying = { perSecond, seconds: options.seconds };
      const sample = await entryWindow(house, field, saying, random);
      if (n > 0) samples[place]?.push(sample);
      else for (const { latency } of field.rooms) latency.reset();
    }
  }
  for (const field of fields) field.close();
  return toSection(load, perSecond, fields, samples);
}

function toSection(
  load: Load,
  perSecond: number,
  fields: readonly Field[],
  samples: readonly (readonly EntryWindow[])[],
): Section {
  const costs = samples.map((all) =>
    all.map(({ node, entries }) => (node / (entries * load.members)) * US),
  );
  const bars = fields.map(({ contender }, place) => {
    const ratios = (costs[place] ?? []).map((cost, n) => cost / (costs[0]?.[n] ?? Number.NaN));
    return {
      name: contender.name,
      value: median(ratios),
      spread: spread(ratios),
      isOurs: contender.name.startsWith('Pinroom'),
    };
  });
  const bare = costs[fields.findIndex(({ contender }) => contender.name === 'bare')] ?? [];
  const title = `CPU per delivery, ${load.name}`;
  return {
    title,
    about:
      `${load.rooms} rooms of ${load.members} members, ${perSecond} entries a second in all at random ` +
      'moments; µs of CPU of the server process, and of Redis and PostgreSQL for each entry.',
    command: `npm run bench -- deliveries --only "${load.name}"`,
    columns: [
      '',
      '× raw',
      '±',
      '× bare',
      'per delivery',
      'per entry',
      'Redis',
      'PostgreSQL',
      'p50 ms',
      'p99 ms',
    ],
    rows: bars.map(({ name, value, spread: range }, place) => {
      const all = samples[place] ?? [];
      const perEntry = (of: (sample: EntryWindow) => number) =>
        shown(median(all.map((sample) => (of(sample) / sample.entries) * US)), 1);
      const latency = new LatencyHistogram();
      for (const room of fields[place]?.rooms ?? []) latency.add(room.latency);
      return [
        name,
        shown(value),
        shown(range),
        shown(median((costs[place] ?? []).map((cost, n) => cost / (bare[n] ?? Number.NaN)))),
        shown(median(costs[place] ?? [])),
        perEntry(({ node }) => node),
        perEntry(({ redis }) => redis),
        perEntry(({ postgres }) => postgres),
        shown(latency.percentile(50) ?? Number.NaN),
        shown(latency.percentile(99) ?? Number.NaN),
      ];
    }),
    chart: {
      name: `deliveries-${load.name.replace(', ', '-').replaceAll(/[ ,]/g, '').replace('×', 'x')}`,
      title,
      unit: 'CPU of the server for one delivery, × raw publish',
      bars,
    },
  };
}
