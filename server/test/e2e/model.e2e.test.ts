import { expect, it } from 'vitest';
import { seededRandom } from '../../../load-tests/src/load/seeded-random.js';
import { pick } from '../fault/rig/random.js';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { spawnNode } from '../support/spawn-node.js';
import { World } from './model/model-world.js';
import { drawStep } from './model/random-steps.js';

const SEED = Number(process.env.PINROOM_MODEL_SEED ?? 20_251);
const STEPS = Number(process.env.PINROOM_MODEL_STEPS ?? 400);
const API_KEY = 'an-application-of-the-model';
const CAPACITY = 3;
const RECONNECTS = 0.03;

/** Nobody's place is given up while the test goes on. */
const ENV = { ...UNLIMITED, PINROOM_API_KEY: API_KEY, PINROOM_REJOIN_GRACE_SECONDS: '3600' };

/** Where people connect: two nodes with Redis, or twice the one that has everything in its memory. */
const HOUSES = {
  'two nodes': async () => {
    const env = { ...ENV, ...(await startBackends()).env };
    const kinds = (['uws', 'ws'] as const).map((transport) => spawnNode({ env, transport }));
    return (await Promise.all(kinds)).map(({ url }) => url);
  },
  'one embedded node': async () => {
    const { url } = await spawnNode({ env: ENV });
    return [url, url];
  },
};

it.each(Object.keys(HOUSES) as (keyof typeof HOUSES)[])(
  `on %s rooms are what the rules say after each of ${STEPS} random commands, seed ${SEED}`,
  {
    timeout: 60_000 + STEPS * 200,
  },
  async (house) => {
    const random = seededRandom(SEED);
    const world = new World(await HOUSES[house](), API_KEY);
    for (const nickname of ['Ann', 'Bob', 'Cid', 'Dora', 'Emil', 'Flo']) {
      await world.addUser(nickname);
    }
    for (let n = 0; n < 3; n++) await world.addRoom(pick(random, world.sockets), CAPACITY);

    for (let n = 0; n < STEPS; n++) {
      if (random() < RECONNECTS) await world.reconnect(pick(random, world.sockets));
      const step = drawStep(world, random, n);
      const before = new Map(world.sockets.map((s) => [s.number, world.placesOf(s)]));
      const told = step.foretell();
      const { code, isDuplicate } = await step.run();
      const where = `step ${n}: ${step.name}`;
      expect({ where, code }).toEqual({ where, code: told.code });
      if (isDuplicate !== undefined) expect(isDuplicate).toBe(told.isDuplicate ?? false);
      world.expectOf(step.room, told, step.joining ?? null);
      await world.compareEvents(before);
      await world.compareRoom(step.room);
      if (step.room.model.isClosed) {
        world.rooms.splice(world.rooms.indexOf(step.room), 1);
        await world.addRoom(pick(random, world.sockets), CAPACITY);
      }
    }
  },
);
