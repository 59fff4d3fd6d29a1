import { LatencyHistogram } from '../load/latency-histogram.js';
import { seededRandom } from '../load/seeded-random.js';
import { chosenPeers, pinroom } from './contenders.js';
import { Field, type Seating } from './field.js';
import type { BenchHouse } from './house.js';
import { readOptions } from './options.js';
import { type Section, shown } from './section.js';
import { usageBetween, usageOf } from './usage.js';

const SHAPE = { rooms: 20, members: 10 };
const LIGHT = 200;
/** Of one core of the node that the entries are sent to. */
const HALF_LOAD = 0.5;

/** From the moment that an entry was due to its arrival, on the sender's node and on another one. */
export async function benchLatency(house: BenchHouse, args: string[]): Promise<Section[]> {
  const options = readOptions(args);
  const [first] = house.nodes;
  const contenders = await chosenPeers({ ...options, peers: options.peers ?? ['bare'] }, house);
  const ours = [
    { contender: pinroom(house, { name: 'Pinroom, same node', nodes: first ? [first] : [] }) },
    {
      contender: pinroom(house, { name: 'Pinroom, another node' }),
      seating: { nodes: 'apart' } as Seating,
    },
  ];
  const fields: Field[] = [];
  for (const contender of contenders) fields.push(await Field.open(contender, SHAPE));
  for (const { contender, seating } of ours) {
    fields.push(await Field.open(contender, SHAPE, seating));
  }
  const random = seededRandom(11);
  const seconds = options.isQuick ? 2 : 8;
  // What is compiled once, and what an entry costs.
  const costs: number[] = [];
  for (const { contender, sent, ...field } of fields.map((each) => ({
    contender: each.contender,
    sent: each.sent,
    say: () => each.say(1_000, 2, random),
    now: () => each.sent,
  }))) {
    const before = usageOf(house, { pids: contender.pids.slice(0, 1) });
    await field.say();
    const used = usageBetween(before, usageOf(house, { pids: contender.pids.slice(0, 1) }));
    costs.push(used.node / (field.now() - sent));
  }
  const half = Math.round(HALF_LOAD / Math.max(...costs.slice(contenders.length)) / 100) * 100;
  const sections: Section[] = [];
  for (const [name, perSecond] of [
    ['light load', LIGHT],
    ['half load', half],
  ] as const) {
    if (options.only !== null && options.only !== name) continue;
    const found = fields.map(() => new LatencyHistogram());
    for (let n = 0; n < Math.max(1, options.repeat - 2); n++) {
      for (const [place, field] of fields.entries()) {
        for (const { latency } of field.rooms) latency.reset();
        await field.say(perSecond, seconds, random);
        for (const { latency } of field.rooms) found[place]?.add(latency);
      }
    }
    const raw = found[0]?.percentile(50) ?? Number.NaN;
    const at = (histogram: LatencyHistogram | undefined, percent: number) =>
      histogram?.percentile(percent) ?? Number.NaN;
    sections.push({
      title: `Sent to delivered, ${name}`,
      about: `20 rooms of 10, ${perSecond} entries a second in all, one open loop; milliseconds from the moment that an entry was due.`,
      command: `npm run bench -- latency --only "${name}"`,
      columns: ['', 'p50', '× raw', 'p99', 'p99.9', 'max'],
      rows: fields.map(({ contender }, place) => [
        contender.name,
        shown(at(found[place], 50)),
        shown(at(found[place], 50) / raw),
        ...[99, 99.9, 100].map((percent) => shown(at(found[place], percent))),
      ]),
    });
  }
  for (const field of fields) {
    field.close();
    await field.contender.stop();
  }
  return sections;
}
