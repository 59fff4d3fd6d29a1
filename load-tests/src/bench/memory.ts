import { pause } from '../waiting.js';
import { type Contender, chosenPeers, pinroom } from './contenders.js';
import { Field } from './field.js';
import type { BenchHouse } from './house.js';
import { readOptions } from './options.js';
import { residentBytes } from './process-cpu.js';
import { type Section, shown } from './section.js';

const MEMBERS = 50;
/** A first crowd grows what every crowd uses again. */
const WHOLE = { first: 20, rooms: 160, calmMs: 3_000, collectMs: 1_500 };
const QUICK = { first: 4, rooms: 6, calmMs: 500, collectMs: 500 };
const KIB = 1_024;

/** What a joined connection that says nothing keeps in memory. */
export async function benchMemory(house: BenchHouse, args: string[]): Promise<Section[]> {
  const options = readOptions(args);
  const peers = options.peers ?? (options.isQuick ? ['bare'] : ['bare', 'bare on ws']);
  const contenders = [...(await chosenPeers({ ...options, peers }, house)), pinroom(house)];
  const plan = options.isQuick ? QUICK : WHOLE;
  const { first, rooms } = plan;
  const rows: [name: string, bytes: number][] = [];
  for (const contender of contenders) {
    const early = await Field.open(contender, { rooms: first, members: MEMBERS });
    const before = await heldBy(house, contender, plan);
    const crowd = await Field.open(contender, { rooms, members: MEMBERS });
    const bytes = ((await heldBy(house, contender, plan)) - before) / (rooms * MEMBERS);
    rows.push([contender.name, bytes]);
    early.close();
    crowd.close();
    await contender.stop();
  }
  return [
    {
      title: 'Memory per joined connection',
      about: `${rooms * MEMBERS} more members in rooms of ${MEMBERS}, all silent; growth of the resident set of the server process, after its garbage was collected.`,
      command: 'npm run bench -- memory',
      columns: ['', 'KiB per connection'],
      rows: rows.map(([name, bytes]) => [name, shown(bytes / KIB, 1)]),
      chart: {
        name: 'memory',
        title: 'Memory per joined connection',
        unit: 'KiB of the resident set',
        bars: rows.map(([name, bytes]) => ({
          name,
          value: bytes / KIB,
          isOurs: name === 'Pinroom',
        })),
      },
    },
  ];
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
