import { seededRandom } from '../load/seeded-random.js';
import { pinroom } from './contenders.js';
import { type EntryWindow, entryWindow } from './entry-window.js';
import { Field } from './field.js';
import type { BenchHouse } from './house.js';
import { readOptions } from './options.js';
import { type Section, shown } from './section.js';
import { median } from './statistics.js';

const SHAPE = { rooms: 20, members: 50 };
const PER_SECOND = 1_000;
const US = 1e6;

/** The same load on as many nodes as the house has: rooms on one node each, and on all of them. */
export async function benchNodes(house: BenchHouse, args: string[]): Promise<Section[]> {
  const options = readOptions(args);
  const shape = options.isQuick ? { rooms: 4, members: 20 } : SHAPE;
  const perSecond = options.rate ?? (options.isQuick ? 200 : PER_SECOND);
  const rows: string[][] = [];
  const random = seededRandom(5);
  for (const nodes of ['together', 'spanning'] as const) {
    if (nodes === 'spanning' && house.nodes.length === 1) continue;
    const contender = pinroom(house, { nodes: house.nodes });
    const field = await Field.open(contender, shape, { nodes });
    const samples: EntryWindow[] = [];
    for (let n = options.isQuick ? 1 : 0; n <= options.repeat; n++) {
      const saying = { perSecond, seconds: options.seconds };
      const sample = await entryWindow(house, field, saying, random);
      if (n > 0) samples.push(sample);
    }
    field.close();
    await contender.stop();
    const each = (of: (sample: EntryWindow) => number) =>
      median(samples.map((sample) => (of(sample) / sample.entries) * US));
    rows.push([
      nodes === 'together' ? 'each room on one node' : 'each room on all nodes',
      shown(each(({ node }) => node) / shape.members),
      shown(
        each(({ node }) => node),
        1,
      ),
      shown(
        each(({ redis }) => redis),
        1,
      ),
      shown(
        each(({ postgres }) => postgres),
        1,
      ),
    ]);
  }
  const count = house.nodes.length;
  return [
    {
      title: count === 1 ? 'One node' : `${count} nodes`,
      about: `${shape.rooms} rooms of ${shape.members}, ${perSecond} entries a second in all; µs of CPU of all nodes together, idle work included.`,
      command: `npm run bench -- nodes --nodes ${count}`,
      columns: ['', 'per delivery', 'per entry', 'Redis', 'PostgreSQL'],
      rows,
    },
  ];
}
