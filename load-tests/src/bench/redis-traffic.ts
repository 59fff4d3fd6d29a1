import { seededRandom } from '../load/seeded-random.js';
import { pause } from '../waiting.js';
import { type Contender, pinroom, pinroomWithoutArchive, startPeer } from './contenders.js';
import { CountedLine } from './counted-line.js';
import { Field, type Shape } from './field.js';
import { addNode, type BenchHouse, redisUrlOf } from './house.js';
import { type BenchOptions, chosen, readOptions } from './options.js';
import { RedisWatch } from './redis-watch.js';
import { type Section, shown } from './section.js';

const SHAPE: Shape = { rooms: 20, members: 10 };
const MESSAGES = 'Messages of rooms that a node does not hold';
const TRIPS = 'Round trips to Redis';
const MESSAGES_AT = 300;
const MESSAGES_SECONDS = 2;
/** Above, `MONITOR` has more to tell than this process can hear beside its load. */
const TRIPS_AT = [200, 1_000, 2_000];
const TRIPS_SECONDS = 4;
const ARRIVE_MS = 500;
const SEED = 13;

/** What goes to Redis and what comes from there, counted on the way or by Redis itself. */
export async function benchRedis(house: BenchHouse, args: string[]): Promise<Section[]> {
  const options = readOptions(args);
  const parts = [
    { name: MESSAGES, run: messages },
    { name: TRIPS, run: trips },
  ];
  const sections: Section[] = [];
  for (const { run } of chosen(parts, options)) sections.push(await run(house, options));
  return sections;
}

/** Two servers with different rooms; the second one's way to Redis is counted. */
async function messages(house: BenchHouse, { isQuick }: BenchOptions): Promise<Section> {
  const line = await CountedLine.open(redisUrlOf(house));
  const seconds = isQuick ? 1 : MESSAGES_SECONDS;
  const rows: string[][] = [];
  const compare = async (name: string, first: Contender, second: Contender) => {
    const [others, own] = [await Field.open(first, SHAPE), await Field.open(second, SHAPE)];
    const random = seededRandom(SEED);
    const cameIn = async (work: () => Promise<unknown>) => {
      const before = line.messages;
      await work();
      await pause(ARRIVE_MS);
      return line.messages - before;
    };
    const idle = await cameIn(() => pause(seconds * 1_000));
    const saidIn = async (field: Field) => {
      const sent = field.sent;
      const came = await cameIn(() => field.say({ perSecond: MESSAGES_AT, seconds }, random));
      return shown(Math.max(0, came - idle) / (field.sent - sent));
    };
    rows.push([name, await saidIn(others), await saidIn(own)]);
    for (const field of [others, own]) field.close();
    await first.stop();
    await second.stop();
  };
  for (const name of isQuick ? [] : (['classic', 'sharded'] as const)) {
    const group = `traffic-${name}`;
    const first = await startPeer(name, house, { group });
    await compare(name, first, await startPeer(name, house, { group, redisUrl: line.url }));
  }
  const node = await addNode(house, line.url);
  await compare('Pinroom', pinroom(house), pinroom(house, { nodes: [node] }));
  await house.wish({ wish: 'endNode', url: node.url });
  line.close();
  return {
    title: MESSAGES,
    about:
      `Two servers with ${SHAPE.rooms} rooms of ${SHAPE.members} each, none in common; ${MESSAGES_AT} entries a second in the rooms of one of them. ` +
      'Published messages which the second gets from Redis for each entry, counted on the way, less those of as long a while in which nothing is said.',
    command: `npm run bench -- redis --only "${MESSAGES}"`,
    columns: ['', 'in the rooms of the first', 'in its own'],
    rows,
  };
}

/** How often Redis is asked, and how often it wakes up for that. */
async function trips(house: BenchHouse, { isQuick }: BenchOptions): Promise<Section> {
  const seconds = isQuick ? 1 : TRIPS_SECONDS;
  const loads = isQuick ? TRIPS_AT.slice(0, 1) : TRIPS_AT;
  const contenders = isQuick
    ? [pinroom(house)]
    : [await startPeer('store then emit', house), pinroom(house), ...pinroomWithoutArchive(house)];
  const rows: string[][] = [];
  for (const contender of contenders) {
    const watch = await RedisWatch.open(redisUrlOf(contender.backends ?? house));
    const field = await Field.open(contender, SHAPE);
    const random = seededRandom(SEED);
    const asked = async (work: () => Promise<unknown>) => {
      const before = await watch.counts();
      await work();
      await pause(contender.settleMs);
      const after = await watch.counts();
      return { commands: after.commands - before.commands, reads: after.reads - before.reads };
    };
    const idle = await asked(() => pause(seconds * 1_000));
    for (const perSecond of loads) {
      const sent = field.sent;
      const busy = await asked(() => field.say({ perSecond, seconds }, random));
      const each = (of: keyof typeof idle) => shown((busy[of] - idle[of]) / (field.sent - sent));
      rows.push([contender.name, `${perSecond}`, each('commands'), each('reads')]);
    }
    field.close();
    await contender.stop();
    watch.close();
  }
  return {
    title: TRIPS,
    about:
      `${SHAPE.rooms} rooms of ${SHAPE.members}. For each entry: the commands that Redis gets, those of scripts not counted (MONITOR), and how often it finds ` +
      'something to read (`total_reads_processed`): commands that were written together are one round trip. Both less those of as long a while in which nothing is ' +
      'said. With its archive on, Pinroom also reads what it archives, room by room, two to three times a second.',
    command: `npm run bench -- redis --only "${TRIPS}"`,
    columns: ['', 'entries a second', 'commands', 'round trips'],
    rows,
  };
}
