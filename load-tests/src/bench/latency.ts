import { LatencyHistogram } from '../load/latency-histogram.js';
import { seededRandom } from '../load/seeded-random.js';
import { pinroom, startPeers } from './contenders.js';
import { Field } from './field.js';
import type { BenchHouse } from './house.js';
import { type BenchOptions, chosen, readOptions } from './options.js';
import { type Section, shown } from './section.js';
import { usageBetween, usageOf } from './usage.js';

const SHAPE = { rooms: 20, members: 10 };
const LIGHT = 200;
/** Of one core of the node that the entries are sent to. */
const HALF = 0.5;
const TRIAL = { perSecond: 1_000, seconds: 2 };

interface Load {
  readonly name: string;
  readonly perSecond: number;
}

/** From the moment that an entry was due to its arrival, on the sender's node and on another one. */
export async function benchLatency(house: BenchHouse, args: string[]): Promise<Section[]> {
  const options = readOptions(args);
  const peers = await startPeers(house, options.peers ?? ['bare']);
  const fields: Field[] = [];
  for (const peer of peers) fields.push(await Field.open(peer, SHAPE));
  const same = pinroom(house, { name: 'Pinroom, same node' });
  const another = pinroom(house, { name: 'Pinroom, another node', nodes: house.nodes });
  const ours = [
    await Field.open(same, SHAPE),
    await Field.open(another, SHAPE, { nodes: 'apart' }),
  ];
  fields.push(...ours);
  const random = seededRandom(11);
  const costs: number[] = [];
  for (const field of ours) costs.push(await costOf(house, field, random));
  const half = Math.round(HALF / Math.max(...costs) / 100) * 100;
  const sections: Section[] = [];
  const loads = [
    { name: 'light load', perSecond: LIGHT },
    { name: 'half load', perSecond: half },
  ];
  for (const load of chosen(loads, options)) {
    sections.push(await compare(fields, load, options));
  }
  for (const field of fields) {
    field.close();
    await field.contender.stop();
  }
  return sections;
}

/** Seconds of CPU of the first node for an entry; what is compiled once is compiled then. */
async function costOf(house: BenchHouse, field: Field, random: () => number): Promise<number> {
  const first = { pids: field.contender.pids.slice(0, 1) };
  const [before, sent] = [usageOf(house, first), field.sent];
  await field.say(TRIAL, random);
  return usageBetween(before, usageOf(house, first)).node / (field.sent - sent);
}

async function compare(
  fields: readonly Field[],
  { name, perSecond }: Load,
  { isQuick, repeat }: BenchOptions,
): Promise<Section> {
  const found = fields.map(() => new LatencyHistogram());
  for (let n = 0; n < repeat; n++) {
    for (const [place, field] of fields.entries()) {
      for (const { latency } of field.rooms) latency.reset();
      // The same moments for all in a round.
      const seconds = isQuick ? 1 : 4;
      await field.say({ perSecond, seconds, isPunctual: true }, seededRandom(n));
      for (const { latency } of field.rooms) found[place]?.add(latency);
    }
  }
  const at = (place: number, percent: number) => found[place]?.percentile(percent) ?? Number.NaN;
  return {
    title: `Sent to delivered, ${name}`,
    about: `${SHAPE.rooms} rooms of ${SHAPE.members}, ${perSecond} entries a second in all; milliseconds from the moment that an entry was due.`,
    command: `npm run bench -- latency --only "${name}"`,
    columns: ['', 'p50', '× raw', 'p99', 'p99.9', 'max'],
    rows: fields.map(({ contender }, place) => [
      contender.name,
      shown(at(place, 50)),
      shown(at(place, 50) / at(0, 50)),
      ...[99, 99.9, 100].map((percent) => shown(at(place, percent))),
    ]),
  };
}
