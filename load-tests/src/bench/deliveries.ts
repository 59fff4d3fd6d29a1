import { LatencyHistogram } from '../load/latency-histogram.js';
import { seededRandom } from '../load/seeded-random.js';
import { type Contender, chosenPeers, pinroom } from './contenders.js';
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
  readonly quickly: Shape & { readonly perSecond: number };
}

/** At these rates a server in JavaScript has half a core to do. */
const LOADS: readonly Load[] = [
  {
    name: '20 × 50',
    ...{ rooms: 20, members: 50, perSecond: 1_000 },
    quickly: { rooms: 4, members: 50, perSecond: 300 },
  },
  {
    name: '100 × 10',
    ...{ rooms: 100, members: 10, perSecond: 2_000 },
    quickly: { rooms: 20, members: 10, perSecond: 600 },
  },
  {
    name: '1 × 2,000',
    ...{ rooms: 1, members: 2_000, perSecond: 25 },
    quickly: { rooms: 1, members: 300, perSecond: 50 },
  },
  {
    name: '20 × 10',
    ...{ rooms: 20, members: 10, perSecond: 1_000 },
    quickly: { rooms: 20, members: 10, perSecond: 500 },
  },
];

const US = 1e6;

/** CPU of every server for the same load, one after the other, several times. */
export async function benchDeliveries(house: BenchHouse, args: string[]): Promise<Section[]> {
  const options = readOptions(args);
  const sections: Section[] = [];
  for (const load of chosen(LOADS, options)) {
    const sized = { ...load, ...(options.isQuick ? load.quickly : {}) };
    const contenders = [...(await chosenPeers(options, house)), pinroom(house)];
    sections.push(await compare(house, options, contenders, sized));
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
      isOurs: contender.name === 'Pinroom',
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
      name: `deliveries-${load.rooms}x${load.members}`,
      title,
      unit: 'CPU of the server for one delivery, × raw publish',
      bars,
    },
  };
}
