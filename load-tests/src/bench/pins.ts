import { PinroomClient, PinroomError } from '@pinroom/client';
import { type BenchHouse, figureOf, redisUrlOf } from './house.js';
import { readOptions } from './options.js';
import { RedisWatch } from './redis-watch.js';
import { type Section, shown, shownWithSpread } from './section.js';
import { median } from './statistics.js';
import { usageBetween, usageOf } from './usage.js';

/** The house has PINs of four digits only. */
const LENGTH = 4;
const SPACE = 9_000;
const SHARES = [0, 0.5, 0.9, 0.99];
const ROOMS = 40;
const COLLISIONS = 'pinroom_pin_collisions_total';
/** In the names of all keys of the PIN index. */
const PIN_KEYS = '{pin}';

interface Opened {
  /** Milliseconds of each room that got a PIN. */
  readonly ms: readonly number[];
  readonly refused: number;
}

/** Rooms are opened while more and more of all PINs are taken. */
export async function benchPins(house: BenchHouse, args: string[]): Promise<Section[]> {
  const { isQuick, repeat } = readOptions(args);
  const [node] = house.nodes;
  const url = node?.url ?? '';
  const pids = [node?.pid ?? 0];
  const host = new PinroomClient({ url, nickname: 'Host' });
  await host.createRoom({});
  const rows: string[][] = [];
  const rooms = isQuick ? 10 : ROOMS;
  for (const share of SHARES) {
    const count = Math.floor(SPACE * share);
    await house.wish({ wish: 'fillPins', length: LENGTH, count });
    const [ms, redisUs]: [number[], number[]] = [[], []];
    let [taken, refused] = [0, 0];
    const collisions = await figureOf(house, url, COLLISIONS);
    for (let n = 0; n < repeat; n++) {
      const before = usageOf(house, { pids });
      const opened = await openRooms(host, rooms);
      const { redis } = usageBetween(before, usageOf(house, { pids }));
      if (opened.ms.length > 0) ms.push(median(opened.ms));
      redisUs.push((redis / rooms) * 1e6);
      taken += opened.ms.length;
      refused += opened.refused;
    }
    const drawn = (await figureOf(house, url, COLLISIONS)) - collisions + taken;
    rows.push([
      `${share * 100} %`,
      shown(await drawsOf(house, () => openRooms(host, rooms), rooms)),
      shown(drawn / Math.max(1, taken), 1),
      `${Math.round((refused / (rooms * repeat)) * 100)} %`,
      ...shownWithSpread(ms, 1),
      ...shownWithSpread(redisUs, 0),
    ]);
  }
  await host.stop();
  return [
    {
      title: 'PINs of a full space',
      about: `${repeat} times ${rooms} rooms are opened one after the other while so much of a space of ${SPACE} PINs is taken. One script draws among eight candidates; where all are taken the room is refused with \`pins_exhausted\`, which here happens because longer PINs are switched off. Round trips are those of that script for each room, opened or refused, as Redis tells.`,
      command: 'npm run bench -- pins',
      columns: [
        'taken',
        'round trips',
        'candidates looked at',
        'refused',
        'ms per room, p50',
        '±',
        'Redis, µs',
        '±',
      ],
      rows,
    },
  ];
}

async function openRooms(host: PinroomClient, rooms: number): Promise<Opened> {
  const ms: number[] = [];
  let refused = 0;
  for (let n = 0; n < rooms; n++) {
    const start = performance.now();
    await host.createRoom({}).then(
      () => ms.push(performance.now() - start),
      (fault: unknown) => {
        if (!(fault instanceof PinroomError) || fault.code !== 'pins_exhausted') throw fault;
        refused++;
      },
    );
  }
  return { ms, refused };
}

/** How often Redis runs the script that draws PINs, for each room. */
async function drawsOf(
  house: BenchHouse,
  open: () => Promise<Opened>,
  rooms: number,
): Promise<number> {
  const watch = await RedisWatch.open(redisUrlOf(house));
  const calls = new Map<string, number>();
  watch.onCommand = ([, script = '', , key = '']) => {
    if (key.includes(PIN_KEYS)) calls.set(script, (calls.get(script) ?? 0) + 1);
  };
  await open();
  await watch.counts();
  watch.close();
  // Every room needs it; what confirms a PIN, only those that got one.
  return Math.max(0, ...calls.values()) / rooms;
}
