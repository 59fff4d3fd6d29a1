import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { outageMs, type Rig, startRig } from './rig/rig.js';

describe('three nodes, 30 rooms, 300 people, 200 entries a second', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig();
  });

  it('nothing goes wrong while nothing happens', async () => {
    const { faults } = await rig.under('no fault', async () => {});
    expect(faults).toEqual([]);
  });

  it('a node that is killed takes nothing with it, and its people are back elsewhere', async () => {
    const { faults } = await rig.under('SIGKILL of a node', async () => {
      const node = rig.house.node(0);
      await node.process.kill();
      await delay(outageMs(3_000));
      await rig.house.restart(node);
    });
    expect(faults).toEqual([]);
  });
});
