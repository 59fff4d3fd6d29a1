import { beforeAll, describe, expect, it } from 'vitest';
import {
  diskFull,
  postgresSilent,
  postgresSlow,
  postgresStopped,
  postgresTerminating,
} from './rig/faults.js';
import { ALL_RIGHT, type Rig, startRig } from './rig/rig.js';

describe('three nodes, 30 rooms, 300 people, 200 entries a second', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig({ seed: 3 });
  });

  it.each([postgresStopped, postgresSilent, postgresSlow, postgresTerminating, diskFull])(
    '$name',
    async (fault) => {
      expect(await rig.survive(fault)).toMatchObject(ALL_RIGHT);
    },
  );
});
