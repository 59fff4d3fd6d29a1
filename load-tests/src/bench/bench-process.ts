import { benchArchive } from './archive.js';
import { benchDeliveries } from './deliveries.js';
import { benchExport } from './export.js';
import { benchHistory } from './history.js';
import { askRunner, type BenchHouse } from './house.js';
import { benchJoins } from './joins.js';
import { benchLatency } from './latency.js';
import { benchMemory } from './memory.js';
import { benchNodes } from './nodes.js';
import { benchPins } from './pins.js';
import { benchPresence } from './presence.js';
import { benchRedis } from './redis-traffic.js';
import { type Section, tableText } from './section.js';

/** Runs one part for `infra/bench.mjs`, which has started the servers. */
type Part = (house: BenchHouse, args: string[]) => Promise<readonly Section[]>;

/** Their figures go into `docs/performance.md`. */
const PARTS: Readonly<Record<string, Part>> = {
  deliveries: benchDeliveries,
  joins: benchJoins,
  memory: benchMemory,
  latency: benchLatency,
  nodes: benchNodes,
  redis: benchRedis,
  pins: benchPins,
  archive: benchArchive,
  history: benchHistory,
};

/** Each answers whether the figures are as they should be. */
const OTHERS: Readonly<Record<string, (house: BenchHouse, args: string[]) => Promise<boolean>>> = {
  presence: benchPresence,
  export: benchExport,
};

function house(): BenchHouse {
  const told = JSON.parse(process.env.PINROOM_BENCH_HOUSE ?? 'null') as Omit<
    BenchHouse,
    'wish' | 'print'
  > | null;
  if (!told) throw new Error('Run benchmarks by `npm run bench`, which starts the servers.');
  return {
    ...told,
    print: (line) => void process.stdout.write(`${line}\n`),
    wish: askRunner,
  };
}

async function main([name = '', ...args]: string[]): Promise<number> {
  const other = OTHERS[name];
  if (other) return (await other(house(), args)) ? 0 : 1;
  const part = PARTS[name];
  if (!part) throw new Error(`There is no part ${name}.`);
  const found = await part(house(), args);
  for (const section of found) {
    process.stdout.write(`\n${section.title}\n${section.about}\n\n${tableText(section)}\n`);
  }
  await new Promise((sent) => process.send?.({ found }, sent));
  return 0;
}

// Without whoever started it there are no servers either.
process.on('disconnect', () => process.exit(1));

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? fault.stack : String(fault)}\n`);
    process.exit(1);
  },
);
