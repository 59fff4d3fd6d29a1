import { once } from 'node:events';
import { benchDeliveries } from './deliveries.js';
import { benchExport } from './export.js';
import type { BenchHouse } from './house.js';
import { benchPresence } from './presence.js';

/** Each answers whether the figures are as they should be. */
const BENCHMARKS: Readonly<
  Record<string, (house: BenchHouse, args: string[]) => Promise<boolean>>
> = { deliveries: benchDeliveries, presence: benchPresence, export: benchExport };

const HELP = `Benchmarks, with a Redis, a PostgreSQL and nodes of their own:

  npm run bench -- presence [--members 500,1000,2000,5000] [--repeat 3] [--nodes 1 | --embedded]
      what a member of a crowd costs: so many join one room at full speed
  npm run bench -- export [--rows 1000000] [--slow 20]
      a large room is exported, to a fast reader and to one that takes so many seconds

Only ratios within one run mean something. Ends with status 1 where they are not as they should be.
`;

function house(): BenchHouse {
  const told = JSON.parse(process.env.PINROOM_BENCH_HOUSE ?? 'null') as Omit<
    BenchHouse,
    'fillArchive' | 'print'
  > | null;
  if (!told) throw new Error('Run benchmarks by `npm run bench`, which starts the servers.');
  return {
    ...told,
    print: (line) => void process.stdout.write(`${line}\n`),
    async fillArchive(roomId, rows) {
      process.send?.({ roomId, rows });
      const [{ fault }] = (await once(process, 'message')) as [{ fault: string | null }];
      if (fault !== null) throw new Error(fault);
    },
  };
}

async function main([name = '', ...args]: string[]): Promise<number> {
  const benchmark = BENCHMARKS[name];
  if (benchmark) return (await benchmark(house(), args)) ? 0 : 1;
  process.stdout.write(HELP);
  return name === '' || name === '--help' ? 0 : 2;
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exit(status);
  },
  (fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? fault.stack : String(fault)}\n`);
    process.exit(2);
  },
);
