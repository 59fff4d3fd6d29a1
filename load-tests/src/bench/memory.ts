import { pause } from '../waiting.js';
import { type Contender, chosenPeers, pinroom } from './contenders.js';
import { Field } from './field.js';
import type { BenchHouse } from './house.js';
import { readOptions } from './options.js';
import { residentBytes } from './process-cpu.js';
import { type Section, shown } from './section.js';

const MEMBERS = 50;
const ROOMS = 160;
const QUICK_ROOMS = 6;
/** A first crowd grows what every crowd uses again. */
const FIRST_ROOMS = 20;
/** What was held for a moment only is given back. */
const CALM_MS = 3_000;
const COLLECT_MS = 1_500;
const KIB = 1_024;

/** What a joined connection that says nothing keeps in memory. */
export async function benchMemory(house: BenchHouse, args: string[]): Promise<Section[]> {
  const options = readOptions(args);
  const peers = options.peers ?? ['bare', 'bare on ws'];
  const contenders = [...(await chosenPeers({ ...options, peers }, house)), pinroom(house)];
  const rooms = options.isQuick ? QUICK_ROOMS : ROOMS;
  const rows: [name: string, bytes: number][] = [];
  for (const contender of contenders) {
    const first = await Field.open(contender, { rooms: FIRST_ROOMS, members: MEMBERS });
    const before = await heldBy(house, contender);
    const crowd = await Field.open(contender, { rooms, members: MEMBERS });
    const bytes = ((await heldBy(house, contender)) - before) / (rooms * MEMBERS);
    rows.push([contender.name, bytes]);
    first.close();
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
async function heldBy(house: BenchHouse, { pids }: Contender): Promise<number> {
  await pause(CALM_MS);
  for (let n = 0; n < 2; n++) {
    await house.wish({ wish: 'collectGarbage', pids });
    await pause(COLLECT_MS);
  }
  return pids.reduce((sum, pid) => sum + residentBytes(pid), 0);
}
