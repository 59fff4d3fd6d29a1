import { beforeAll, describe, expect, it } from 'vitest';
import { ON_CLUSTER } from '../support/services.js';
import {
  masterKilled,
  redisFlushed,
  redisFull,
  redisKilled,
  redisSilent,
  replicaPromoted,
  slotsMoved,
  streamsDeleted,
} from './rig/faults.js';
import { ALL_RIGHT, type Rig, startRig } from './rig/rig.js';

describe('three nodes, 30 rooms, 300 people, 200 entries a second', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig({ seed: 2 });
  });

  it.each([
    redisKilled,
    redisSilent,
    redisFlushed,
    ...(ON_CLUSTER ? [masterKilled, slotsMoved] : [replicaPromoted]),
    streamsDeleted,
    redisFull,
  ])('$name', async (fault) => {
    expect(await rig.survive(fault)).toMatchObject(ALL_RIGHT);
  });
});
