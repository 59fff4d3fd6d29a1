import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRight } from './finding.js';
import { planFor, sharesOf } from './house-plan.js';
import { CHECK_SECONDS, countsOf, nodesPerRoom } from './load-counts.js';
import { type LoadProfile, loadOf, PROFILES } from './load-profile.js';
import { parseSizing } from './sizing-arguments.js';
import { demandOf, pinDigits, secondsUntilBack } from './sizing-model.js';
import { withSizes } from './sizing-page.js';
import { STEPS } from './sizing-tables.js';
import { cost } from './unit-costs.js';

/** 100 rooms of ten; each says one thing a second to all, and two to its host. */
const PLAIN: LoadProfile = {
  about: '',
  membersPerRoom: 10,
  entriesToAll: 1,
  entriesToHost: 2,
  payloadBytes: 100,
  staySeconds: 1_000,
  newcomers: 0.5,
  hoursPerDay: 10,
};

describe('what happens under a load', () => {
  it('is what one works out by hand', () => {
    const counts = countsOf({ ...loadOf(PLAIN, 1_000), isTogether: true }, { nodes: 2 });
    expect(counts).toMatchObject({ rooms: 100, joins: 1, newSessions: 0.5, roomsOpened: 0.1 });
    expect(counts.said).toBe(300);
    expect(counts.logged).toBeCloseTo(2.2);
    // Who comes and goes is told of to nodes as well.
    expect(counts.frames).toBeCloseTo(305.2);
    // 1,000 to all, 200 to hosts, the log to hosts, three changes of presence to ten.
    expect(counts.deliveries).toBeCloseTo(1_000 + 200 + 2.2 + 30, 0);
    expect(counts.rows).toBeCloseTo(300 + 2.2 + 1 + 0.5 + 0.3);
    expect(counts.checks).toBeCloseTo(100 / 12);
  });

  it('spreads a room over nodes until each member is on another', () => {
    const load = loadOf(PLAIN, 1_000);
    expect(nodesPerRoom(load, 1)).toBe(1);
    expect(nodesPerRoom(load, 2)).toBeCloseTo(2 * (1 - 0.5 ** 10));
    expect(nodesPerRoom(load, 1_000)).toBeCloseTo(10, 1);
    expect(nodesPerRoom({ ...load, isTogether: true }, 50)).toBe(1);
  });

  it('keeps in Redis what is open, what closed within the hour, keys and sessions', () => {
    const load = { ...loadOf(PLAIN, 1_000), channelKeep: 1_000, sessionDays: 2 };
    const { redis } = demandOf(load, { nodes: 2, masters: 1 });
    const room =
      cost('redisRoomBytes') + 2 * cost('redisChannelBytes') + 10 * cost('redisMemberBytes');
    const entry = 100 + cost('redisEntryBytes');
    const sessions = 0.5 * 2 * 10 * 3_600 * cost('redisSessionBytes');
    // On average half of 1,000 entries of the one channel; of the other one's 2,000 the last 1,000 stay.
    const open = 100 * (room + (500 + 750) * entry);
    const closed = 360 * (room + 2_000 * entry);
    expect(redis.sessionMemory).toBeCloseTo(sessions);
    expect(redis.memory).toBeCloseTo(
      cost('redisMemory') + open + closed + 300 * 600 * cost('redisKeyBytes') + sessions,
      -2,
    );
  });

  it('sends people what is said, and every 12 s where their room stands', () => {
    const { counts, nodes } = demandOf(loadOf(PLAIN, 1_000), { nodes: 2, masters: 1 });
    const said = counts.deliveries * (100 + cost('wireBytes'));
    expect(CHECK_SECONDS).toBe(12);
    expect(nodes.bytesOut).toBeCloseTo(said + (1_000 / 12) * cost('topBytes'));
  });

  it('wakes Redis up the less often the busier it is, and never makes more of it than a core', () => {
    const busy = (sockets: number) =>
      demandOf(loadOf(PLAIN, sockets), { nodes: 2, masters: 1 }).redis.fullest / sockets;
    expect(busy(2_000)).toBeLessThan(busy(1_000));
    expect(
      demandOf(loadOf(PLAIN, 500_000), { nodes: 2, masters: 1 }).redis.fullest,
    ).toBeGreaterThan(1);
  });

  it('gives PINs the digits that leave 19 of 20 free', () => {
    expect([45_000, 45_001, 450_001].map(pinDigits)).toEqual([6, 7, 8]);
  });
});

describe('a house', () => {
  it.each(Object.keys(PROFILES) as (keyof typeof PROFILES)[])(
    'for a %s of any size has neither too full nodes nor too full masters, and none too many',
    (name) => {
      for (const sockets of STEPS) {
        const load = loadOf(PROFILES[name], sockets);
        const { house, shares } = planFor(load);
        const full = shares.filter(({ share }) => share > 1).map(({ resource }) => resource);
        expect(full.filter((resource) => !/^PostgreSQL|^PINs/.test(resource))).toEqual([]);
        if (house.nodes === 2) continue;
        const smaller = sharesOf(load, { ...house, nodes: house.nodes - 1 });
        expect(smaller[0]?.share).toBeGreaterThan(1);
      }
    },
  );

  it('gives the fullest of several masters a fifth more than its share', () => {
    const load = loadOf(PLAIN, 100_000);
    const shareOf = (masters: number, resource: string) =>
      sharesOf(load, { nodes: 10, masters }).find((share) => share.resource === resource)?.share;
    for (const resource of ['Redis memory', 'Redis network']) {
      expect(shareOf(3, resource)).toBeCloseTo(((shareOf(1, resource) ?? 0) / 3) * 1.2);
    }
  });

  it('is smaller where the balancer keeps rooms together', () => {
    const load = loadOf(PROFILES.quiz, 1_000_000);
    const [any, together] = [planFor(load), planFor({ ...load, isTogether: true })];
    expect(together.house.nodes).toBeLessThan(any.house.nodes);
    expect(together.demand.nodes.cores).toBeLessThan(any.demand.nodes.cores / 2);
  });

  it('takes the people of a lost node back with what the others have free', () => {
    const load = loadOf(PLAIN, 10_000);
    const demand = demandOf(load, { nodes: 2, masters: 1 });
    const free = 1 - demand.nodes.cores / 2;
    expect(secondsUntilBack(load, { nodes: 2, masters: 1 }, demand)).toBeCloseTo(
      (5_000 * cost('nodeJoin')) / free,
    );
    expect(secondsUntilBack(load, { nodes: 1, masters: 1 }, demand)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the command', () => {
  it('takes what is said of people, and refuses what cannot be read', () => {
    const wish = parseSizing([
      '--sockets',
      '6000',
      '--joins',
      '20',
      '--members',
      '12',
      '--together',
    ]);
    expect(wish).toMatchObject({
      kind: 'sizes',
      loads: [{ sockets: 6_000, staySeconds: 300, membersPerRoom: 12, isTogether: true }],
    });
    expect(() => parseSizing(['--sockets', 'many'])).toThrow('--sockets wants a number');
    expect(() => parseSizing(['--profile', 'zoo'])).toThrow(
      '--profile wants one of quiz, party, class',
    );
  });

  it('calls a count wrong that is off, and what is no count only by more than its tolerance', () => {
    const finding = { what: '', predicted: 1_000, measured: 990 };
    expect(isRight({ ...finding, tolerance: 0.005 })).toBe(false);
    expect(isRight({ ...finding, tolerance: 0.25 })).toBe(true);
    expect(isRight({ ...finding, measured: Number.NaN, tolerance: 0.25 })).toBe(false);
    expect(isRight({ ...finding, measured: 9_000, tolerance: null })).toBe(true);
  });
});

it('docs/operations.md has the sizes of the model as it is: `npm run sizing -- --write`', () => {
  const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  expect(page).toBe(withSizes(page));
});
