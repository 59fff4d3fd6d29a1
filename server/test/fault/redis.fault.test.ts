import { beforeAll, describe, expect, it } from 'vitest';
import { ON_CLUSTER } from '../support/services.js';
import {
  masterKilled,
  redisFlushed,
  redisFull,
  redisKilled,
  redisSilent,
  replicaPromoted,
  repliesDropped,
  slotsMoved,
  streamsDeleted,
  subscriberCut,
  subscriberSilent,
} from './rig/faults.js';
import { ALL_RIGHT, type Rig, startRig } from './rig/rig.js';

const MESSAGES = 10_000;
/** So many answers of Redis reach their node before one does not. */
const DROPPED_EVERY = 60;

describe('three nodes, 30 rooms, 300 people, 200 entries a second', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig({ seed: 2 });
  });

  it.each([
    subscriberCut,
    subscriberSilent,
    repliesDropped,
    redisKilled,
    redisSilent,
    redisFlushed,
    ...(ON_CLUSTER ? [masterKilled, slotsMoved] : [replicaPromoted]),
    streamsDeleted,
    redisFull,
  ])('$name', async (fault) => {
    expect(await rig.survive(fault)).toMatchObject(ALL_RIGHT);
  });

  it('10,000 messages whose answers get lost again and again are 10,000 rows', async () => {
    const count = async () => {
      const [row] = await rig.house.query<{ rows: number }>(
        `select count(*)::int as rows from entries where type = 'chat' and not voided`,
      );
      return row?.rows ?? 0;
    };
    const before = await count();
    const sentBefore = rig.crowd.sent;
    let broken = 0;
    const outcome = await rig.under('10,000 messages, answers of Redis get lost', async () => {
      for (const { toRedis } of rig.house.nodes) toRedis.dropReplies(DROPPED_EVERY, 'commands');
      await rig.crowd.burst(MESSAGES);
      for (const { toRedis } of rig.house.nodes) {
        broken += toRedis.dropped;
        toRedis.dropReplies(0);
      }
    });
    expect(outcome).toMatchObject(ALL_RIGHT);
    process.stdout.write(`${broken} answers of Redis got lost\n`);
    expect(broken).toBeGreaterThan(10);
    expect((await count()) - before).toBe(rig.crowd.sent - sentBefore);
  });
});
