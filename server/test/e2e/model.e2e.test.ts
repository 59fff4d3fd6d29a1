import { expect, it } from 'vitest';
import { pick, seededRandom } from '../fault/rig/random.js';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { spawnNode } from '../support/spawn-node.js';
import { World } from './model/model-world.js';
import { drawStep } from './model/random-steps.js';

const SEED = Number(process.env.PINROOM_MODEL_SEED ?? 20_251);
const STEPS = Number(process.env.PINROOM_MODEL_STEPS ?? 300);
const API_KEY = 'an-application-of-the-model';
const CAPACITY = 3;
const RECONNECTS = 0.03;

it(`rooms are what the rules say after each of ${STEPS} random commands, seed ${SEED}`, {
  timeout: 60_000 + STEPS * 200,
}, async () => {
  const random = seededRandom(SEED);
  const { env } = await startBackends();
  const options = {
    // Nobody's place is given up while the test goes on.
    env: { ...UNLIMITED, ...env, PINROOM_API_KEY: API_KEY, PINROOM_REJOIN_GRACE_SECONDS: '3600' },
  };
  const nodes = await Promise.all([
    spawnNode({ ...options, transport: 'uws' }),
    spawnNode({ ...options, transport: 'ws' }),
  ]);
  const world = new World(
    nodes.map(({ url }) => url),
    API_KEY,
  );
  for (const nickname of ['Ann', 'Bob', 'Cid', 'Dora', 'Emil', 'Flo']) {
    await world.addUser(nickname);
  }
  for (let n = 0; n < 3; n++) await world.addRoom(pick(random, world.sockets), CAPACITY);

  for (let n = 0; n < STEPS; n++) {
    if (random() < RECONNECTS) await world.reconnect(pick(random, world.sockets));
    const step = drawStep(world, random, n);
    const before = new Map(world.sockets.map((s) => [s.number, new Set(world.roomsOf(s))]));
    const told = step.foretell();
    const answer = await step.run();
    const where = `step ${n}: ${step.name}`;
    expect({ where, ...answer }).toEqual({
      where,
      code: told.code,
      ...(answer.isDuplicate === undefined ? {} : { isDuplicate: told.isDuplicate ?? false }),
    });
    world.expectOf(step.room, told, step.joining ?? null);
    await world.compareEvents(before);
    await world.compareRoom(step.room);
    if (step.room.model.isClosed) {
      world.rooms.splice(world.rooms.indexOf(step.room), 1);
      await world.addRoom(pick(random, world.sockets), CAPACITY);
    }
  }
});
