import type { SystemEntry, SystemEventType } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { HandWoundClock } from '../../../test/support/hand-wound-clock.js';
import { unavailable } from '../runtime/app-error.js';
import { silentLogger } from '../runtime/logger.js';
import { noMetrics } from '../runtime/metrics.js';
import { SystemLogFollowers } from './follow-system-log.js';

/** A log of which the store holds the entries from `firstHot` on, the archive all. */
class House {
  readonly clock = new HandWoundClock();
  entries: SystemEntry[] = [];
  firstHot = 0;
  isAway = false;
  looks = 0;

  readonly followers = new SystemLogFollowers({
    store: {
      read: async ({ after, limit, take }) => {
        this.looks += 1;
        if (this.isAway) throw unavailable('Redis');
        const hot = this.entries.slice(this.firstHot);
        const found = after === null ? hot : hot.filter(({ id }) => numberOf(id) > numberOf(after));
        return {
          entries: take === 'oldest' ? found.slice(0, limit) : found.slice(-limit),
          isSeamless: hot.some(({ id }) => id === after),
        };
      },
    },
    reader: {
      read: async ({ after }) => ({
        entries: this.entries.filter(({ id }) => numberOf(id) > numberOf(after ?? '1-0')),
        nextCursor: null,
        source: 'archive',
      }),
    },
    clock: this.clock,
    logger: silentLogger,
    metrics: noMetrics,
  });

  say(type: SystemEventType = 'room-opened'): void {
    this.entries.push({ id: `1-${this.entries.length + 1}`, type } as SystemEntry);
  }
}

const numberOf = (id: string) => Number(id.slice(2));
const ids = (entries: readonly SystemEntry[] | null) => entries?.map(({ id }) => id);

describe('following the log of the system', () => {
  it('brings what comes from now on, within a second, and nothing of before', async () => {
    const house = new House();
    house.say();
    const follower = await house.followers.open(null, null);
    const next = follower.next(15_000);
    await house.clock.wind(3_500);
    house.say();
    house.say();
    await house.clock.wind(1_000);
    expect(ids(await next)).toEqual(['1-2', '1-3']);
  });

  it('goes on behind a position, through the archive where the store has gone on', async () => {
    const house = new House();
    for (let n = 0; n < 5; n++) house.say();
    const follower = await house.followers.open('1-3', null);
    expect(ids(await follower.next(0))).toEqual(['1-4', '1-5']);
    house.firstHot = 4;
    const late = await house.followers.open('1-1', null);
    expect(ids(await late.next(0))).toEqual(['1-2', '1-3', '1-4', '1-5']);
  });

  it('begins with the first entry where there was none', async () => {
    const house = new House();
    const follower = await house.followers.open(null, null);
    expect(await follower.next(0)).toEqual([]);
    house.say();
    expect(ids(await follower.next(0))).toEqual(['1-1']);
  });

  it('brings one type alone, and remembers where it was', async () => {
    const house = new House();
    const follower = await house.followers.open(null, 'abuse');
    house.say();
    expect(await follower.next(0)).toEqual([]);
    house.say('abuse');
    expect(ids(await follower.next(0))).toEqual(['1-2']);
  });

  it('looks again after an outage, and misses nothing of it', async () => {
    const house = new House();
    house.say();
    const follower = await house.followers.open(null, null);
    house.isAway = true;
    house.say();
    expect(await follower.next(0)).toEqual([]);
    house.isAway = false;
    expect(ids(await follower.next(0))).toEqual(['1-2']);
  });

  it('asks nothing while nobody follows, and no more once it is closed', async () => {
    const house = new House();
    const follower = await house.followers.open(null, null);
    const next = follower.next(15_000);
    await house.clock.wind(2_000);
    follower.close();
    expect(await next).toBeNull();
    const { looks } = house;
    await house.clock.wind(60_000);
    expect(house.looks).toBe(looks);
  });

  it('is for 16 at a time; a place that was given back is free', async () => {
    const house = new House();
    const attempts = Array.from({ length: 20 }, () => house.followers.open(null, null));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(16);
    await expect(house.followers.open(null, null)).rejects.toMatchObject({ code: 'rate_limited' });
    (await attempts[0])?.close();
    await house.followers.open(null, null);
    house.isAway = true;
    (await attempts[1])?.close();
    await expect(house.followers.open(null, null)).rejects.toMatchObject({ code: 'unavailable' });
    house.isAway = false;
    await house.followers.open(null, null);
  });

  it('ends with the node', async () => {
    const house = new House();
    const follower = await house.followers.open(null, null);
    const next = follower.next(15_000);
    await house.clock.wind(0);
    house.followers.drain();
    expect(await next).toBeNull();
    expect(await follower.next(15_000)).toBeNull();
    await expect(house.followers.open(null, null)).rejects.toMatchObject({ code: 'draining' });
  });
});
