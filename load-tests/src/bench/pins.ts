import { PinroomClient, PinroomError } from '@pinroom/client';
import { type BenchHouse, figureOf } from './house.js';
import { readOptions } from './options.js';
import { type Section, shown } from './section.js';
import { median } from './statistics.js';
import { usageBetween, usageOf } from './usage.js';

/** The house has PINs of four digits only. */
const LENGTH = 4;
const SPACE = 9_000;
const SHARES = [0, 0.5, 0.9, 0.99];
const ROOMS = 60;
const COLLISIONS = 'pinroom_pin_collisions_total';

/** Rooms are opened while more and more of all PINs are taken. */
export async function benchPins(house: BenchHouse, args: string[]): Promise<Section[]> {
  const { isQuick } = readOptions(args);
  const [node] = house.nodes;
  const url = node?.url ?? '';
  const host = new PinroomClient({ url, nickname: 'Host' });
  await host.createRoom({});
  const rows: string[][] = [];
  const rooms = isQuick ? 10 : ROOMS;
  for (const share of SHARES) {
    const count = Math.floor(SPACE * share);
    await house.wish({ wish: 'fillPins', length: LENGTH, count });
    const taken: number[] = [];
    let refused = 0;
    const collisions = await figureOf(house, url, COLLISIONS);
    const before = usageOf(house, { pids: [node?.pid ?? 0] });
    for (let n = 0; n < rooms; n++) {
      const start = performance.now();
      await host.createRoom({}).then(
        () => taken.push(performance.now() - start),
        (fault: unknown) => {
          if (!(fault instanceof PinroomError) || fault.code !== 'pins_exhausted') throw fault;
          refused++;
        },
      );
    }
    const { redis } = usageBetween(before, usageOf(house, { pids: [node?.pid ?? 0] }));
    const drawn = (await figureOf(house, url, COLLISIONS)) - collisions + taken.length;
    rows.push([
      `${share * 100} %`,
      shown(drawn / Math.max(1, taken.length), 1),
      `${refused}`,
      shown(median(taken), 1),
      shown((redis / rooms) * 1e6, 0),
    ]);
  }
  await host.stop();
  return [
    {
      title: 'PINs of a full space',
      about: `${rooms} rooms are opened one after the other while so much of a space of ${SPACE} PINs is taken. One script draws among eight candidates, in one round trip; where all are taken the room is refused with \`pins_exhausted\`, which here happens because longer PINs are switched off.`,
      command: 'npm run bench -- pins',
      columns: ['taken', 'candidates looked at', 'refused', 'ms per room, p50', 'Redis, µs'],
      rows,
    },
  ];
}
