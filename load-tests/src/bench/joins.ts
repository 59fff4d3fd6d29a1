import { pause } from '../waiting.js';
import { type Contender, pinroom, startPeers } from './contenders.js';
import { Field, type Seating, type Shape } from './field.js';
import type { BenchHouse } from './house.js';
import { type BenchOptions, chosen, readOptions } from './options.js';
import { type Section, shown } from './section.js';
import { median, spread } from './statistics.js';
import { type Usage, usageBetween, usageOf } from './usage.js';

interface Crowd extends Shape, Seating {
  readonly name: string;
  readonly about: string;
}

/** Small enough that nobody is told names by the hundred. */
const STREAM: Crowd = {
  name: 'Connect and join by PIN',
  about: '1,000 players come to 20 rooms, 32 at a time.',
  rooms: 20,
  members: 50,
};
const BURST: Crowd = {
  name: 'A burst of joins',
  about: '2,000 players come to one room, all at once.',
  rooms: 1,
  members: 2_000,
  abreast: 2_000,
};

interface Sample extends Usage {
  readonly ms: number;
}

const US = 1e6;

/** CPU and time of those who connect and join. */
export async function benchJoins(house: BenchHouse, args: string[]): Promise<Section[]> {
  const options = readOptions(args);
  const peers = options.peers ?? (options.isQuick ? ['bare'] : ['bare', 'bare on ws', 'Colyseus']);
  const contenders = [
    ...(await startPeers(house, peers)),
    pinroom(house, { name: 'Pinroom, access token' }),
    pinroom(house, { name: 'Pinroom, access token of another node', signer: house.nodes[1]?.url }),
    pinroom(house, { name: 'Pinroom, refresh token', shows: 'refresh' }),
  ];
  const crowds = options.isQuick
    ? [{ ...STREAM, members: 10, about: '200 players come to 20 rooms.' }]
    : [STREAM, BURST];
  const sections: Section[] = [];
  for (const crowd of chosen(crowds, options)) {
    sections.push(await compare(house, options, contenders, crowd));
  }
  for (const contender of contenders) await contender.stop();
  return sections;
}

async function compare(
  house: BenchHouse,
  { isQuick, repeat }: BenchOptions,
  contenders: readonly Contender[],
  crowd: Crowd,
): Promise<Section> {
  const samples = contenders.map((): Sample[] => []);
  for (let n = isQuick ? 1 : 0; n <= repeat; n++) {
    for (const [place, contender] of contenders.entries()) {
      const sample = await measure(house, contender, crowd);
      if (n > 0) samples[place]?.push(sample);
    }
  }
  const people = crowd.rooms * crowd.members;
  const costs = samples.map((all) => all.map(({ node }) => (node / people) * US));
  const bare = costs[contenders.findIndex(({ name }) => name === 'bare')] ?? [];
  const bars = contenders.map(({ name }, place) => {
    const ratios = (costs[place] ?? []).map((cost, n) => cost / (bare[n] ?? Number.NaN));
    const isOurs = name.startsWith('Pinroom');
    return { name, value: median(ratios), spread: spread(ratios), isOurs };
  });
  return {
    title: crowd.name,
    about: `${crowd.about} µs of CPU for each, of the server, Redis and PostgreSQL, until all that came of it is done; seconds until all are in.`,
    command: `npm run bench -- joins --only "${crowd.name}"`,
    columns: ['', '× bare', '±', 'server', 'Redis', 'PostgreSQL', 's until all are in'],
    rows: bars.map(({ name, value, spread: range }, place) => {
      const all = samples[place] ?? [];
      const each = (of: (sample: Sample) => number) =>
        shown(median(all.map((sample) => (of(sample) / people) * US)), 0);
      return [
        name,
        shown(value),
        shown(range),
        each(({ node }) => node),
        each(({ redis }) => redis),
        each(({ postgres }) => postgres),
        shown(median(all.map(({ ms }) => ms / 1_000))),
      ];
    }),
    chart: {
      name: crowd.rooms === 1 ? 'joins-burst' : 'joins',
      title: crowd.name,
      unit: 'CPU of the server for one player, × Socket.IO on uWebSockets.js',
      bars,
    },
  };
}

async function measure(house: BenchHouse, contender: Contender, crowd: Crowd): Promise<Sample> {
  const { settleMs } = contender;
  const field = await Field.prepare(contender, crowd, crowd);
  const [before, start] = [usageOf(house, contender), performance.now()];
  await field.fill();
  const ms = performance.now() - start;
  // Who came is told of to all and archived.
  await pause(settleMs);
  const used = usageBetween(before, usageOf(house, contender));
  field.close();
  // Who is gone is no work any more.
  await pause(settleMs);
  return { ...used, ms };
}
