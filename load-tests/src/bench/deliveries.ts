import { parseArgs } from 'node:util';
import { LatencyHistogram } from '../load/latency-histogram.js';
import { seededRandom } from '../load/seeded-random.js';
import { pause } from '../waiting.js';
import { type Contender, PEER_NAMES, type PeerName, pinroom, startPeer } from './contenders.js';
import { Field, type Shape } from './field.js';
import type { BenchHouse } from './house.js';
import { cpuSeconds } from './process-cpu.js';
import { median, spread } from './statistics.js';

interface Load extends Shape {
  readonly name: string;
  /** Entries a second over all rooms. */
  readonly perSecond: number;
}

const LOADS: readonly Load[] = [
  { name: '20 × 50', rooms: 20, members: 50, perSecond: 800 },
  { name: '100 × 10', rooms: 100, members: 10, perSecond: 1_500 },
  { name: '1 × 2,000', rooms: 1, members: 2_000, perSecond: 20 },
  { name: '20 × 10, light', rooms: 20, members: 10, perSecond: 1_000 },
];

/** The archive is at most a second behind. */
const SETTLE_MS = 1_500;

/** One window of one server. */
interface Sample {
  readonly entries: number;
  readonly deliveries: number;
  readonly node: number;
  readonly redis: number;
  readonly postgres: number;
}

/** CPU of every server for the same load, one after the other, several times. */
export async function benchDeliveries(house: BenchHouse, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      repeat: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '4' },
      load: { type: 'string' },
      rate: { type: 'string' },
      peers: { type: 'string', default: PEER_NAMES.join(',') },
    },
  });
  const peers = values.peers.split(',') as PeerName[];
  for (const load of LOADS) {
    if (values.load !== undefined && !load.name.startsWith(values.load)) continue;
    const perSecond = Number(values.rate ?? load.perSecond);
    const contenders = [
      ...(await Promise.all(peers.map((name) => startPeer(name, house.redisUrl ?? '')))),
      pinroom(house),
    ];
    const samples = new Map<string, Sample[]>();
    const fields: Field[] = [];
    for (const contender of contenders) fields.push(await Field.open(contender, load));
    const random = seededRandom(7);
    for (let n = 0; n <= Number(values.repeat); n++) {
      for (const field of fields) {
        const sample = await measure(house, field, load, perSecond, Number(values.seconds), random);
        // The first window is for what is compiled and grown once.
        if (n === 0) continue;
        const name = field.contender.name;
        samples.set(name, [...(samples.get(name) ?? []), sample]);
      }
    }
    report(house, load, perSecond, samples, fields);
    for (const field of fields) field.close();
    for (const contender of contenders) await contender.stop();
  }
  return true;
}

async function measure(
  house: BenchHouse,
  field: Field,
  { members }: Load,
  perSecond: number,
  seconds: number,
  random: () => number,
): Promise<Sample> {
  const before = read(house, field.contender);
  const sent = field.sent;
  await field.say(perSecond, seconds, random);
  await pause(SETTLE_MS);
  const after = read(house, field.contender);
  const entries = field.sent - sent;
  return {
    entries,
    deliveries: entries * members,
    node: after.node - before.node,
    redis: after.redis - before.redis,
    postgres: after.postgres - before.postgres,
  };
}

function read(house: BenchHouse, { pids }: Contender) {
  return {
    node: pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    redis: cpuSeconds(house.redisPid ?? 0),
    postgres: cpuSeconds(house.postgresPid ?? 0),
  };
}

function report(
  house: BenchHouse,
  load: Load,
  perSecond: number,
  samples: ReadonlyMap<string, readonly Sample[]>,
  fields: readonly Field[],
): void {
  house.print(`\n${load.name} at ${perSecond} entries/s: µs of CPU`);
  const raw = samples.get('raw');
  for (const [name, all] of samples) {
    const each = all.map(({ node, deliveries }) => (node / deliveries) * 1e6);
    const entry = median(all.map(({ node, entries }) => (node / entries) * 1e6));
    const redis = median(all.map((sample) => (sample.redis / sample.entries) * 1e6));
    const postgres = median(all.map((sample) => (sample.postgres / sample.entries) * 1e6));
    const ratio = raw
      ? median(
          each.map((cost, n) => cost / (((raw[n]?.node ?? 0) / (raw[n]?.deliveries ?? 1)) * 1e6)),
        )
      : Number.NaN;
    const latency = new LatencyHistogram();
    for (const room of fields.find(({ contender }) => contender.name === name)?.rooms ?? []) {
      latency.add(room.latency);
    }
    house.print(
      `${name.padEnd(18)} delivery ${median(each).toFixed(2).padStart(6)} ±${spread(each).toFixed(2)}` +
        `  × raw ${ratio.toFixed(2)}  entry ${entry.toFixed(0).padStart(5)}` +
        `  Redis ${redis.toFixed(1)}  PostgreSQL ${postgres.toFixed(1)}` +
        `  p50 ${latency.percentile(50)?.toFixed(2)} p99 ${latency.percentile(99)?.toFixed(2)} ms`,
    );
  }
}
