import { beforeAll, describe, expect, it } from 'vitest';
import { metricOf } from '../support/node-figures.js';
import { clientsHalfOpen, readersSlow } from './rig/faults.js';
import { ALL_RIGHT, type Rig, startRig } from './rig/rig.js';

describe('three nodes, 30 rooms, 300 people, 200 entries a second', () => {
  let rig: Rig;

  beforeAll(async () => {
    // Nobody leaves, however long they cannot come back.
    const env = { PINROOM_MAX_BUFFERED_BYTES: '262144', PINROOM_REJOIN_GRACE_SECONDS: '300' };
    rig = await startRig({ seed: 4, env });
  });

  it(clientsHalfOpen.name, async () => {
    expect(await rig.survive(clientsHalfOpen)).toMatchObject(ALL_RIGHT);
  });

  it(readersSlow.name, async () => {
    expect(await rig.survive(readersSlow)).toMatchObject(ALL_RIGHT);
    const counts = rig.house.nodes.map((node) =>
      metricOf(node.process, 'pinroom_slow_consumers_total'),
    );
    const cut = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    // Those of the room in which much is said, and nobody else.
    expect(cut).toBe(rig.crowd.rooms[0]?.weak.length);
  });
});
