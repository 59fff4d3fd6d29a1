import { hashTagOf } from './keys.js';
import type { RedisAccess } from './redis-access.js';
import type { RedisCalls, RedisCommand } from './redis-calls.js';
import { defineScript } from './scripts.js';

/** Of all sets at once, with as much in each as after an outage of the archive, everybody else would wait. */
const SETS_AT_ONCE = 16;

interface Look {
  readonly sets: readonly string[];
  readonly until: 'now' | 'ever';
  readonly limit: number;
}

interface Found {
  readonly member: string;
  readonly at: number;
}

/** For an idle node these looks are most of what it does: one command for many sets, not one for each. */
const oldestOf = defineScript({
  name: 'oldest-members',
  keys: ({ sets }: Look) => sets,
  args: ({ until, limit }) => [until === 'now' ? '' : '+inf', limit],
  reply: (raw) => {
    const values = raw as readonly string[];
    const found: Found[] = [];
    for (let n = 0; n + 1 < values.length; n += 2) {
      found.push({ member: values[n] ?? '', at: Number(values[n + 1]) });
    }
    return found;
  },
});

/**
 * Members of sorted sets by time whose time has come, of all sets together the oldest first; one round
 * trip. Nothing is decided here: who acts on a member looks again in a script.
 */
export function dueMembers(
  redis: RedisAccess,
  sets: readonly string[],
  limit: number,
): Promise<string[]> {
  return lookAt(redis, { sets, until: 'now', limit });
}

/** What is in any of some sets, each once; one round trip. Sets on a master that is away are left out. */
export async function membersOfAny(
  { calls }: RedisAccess,
  sets: readonly string[],
): Promise<Set<string>> {
  const commands = inGroups(calls, sets).map(
    ([first = '', ...others]): RedisCommand => ['SUNION', first, ...others],
  );
  const found = (await calls.callSome(commands)) as (string[] | undefined)[];
  return new Set(found.flatMap((members) => members ?? []));
}

/** Members of sorted sets by time, of all sets together the oldest first; one round trip. */
export function oldestMembers(
  redis: RedisAccess,
  sets: readonly string[],
  limit: number,
): Promise<string[]> {
  return lookAt(redis, { sets, until: 'ever', limit });
}

async function lookAt({ calls, scripts }: RedisAccess, look: Look): Promise<string[]> {
  const { sets, limit } = look;
  if (sets.length === 0 || limit <= 0) return [];
  // Sets on a master that is away are left out: what is on the others is not to wait for it.
  const found = await scripts.runSome(
    oldestOf,
    inGroups(calls, sets).map((group) => ({ ...look, sets: group })),
  );
  return found
    .flatMap((ofGroup) => ofGroup ?? [])
    .sort((a, b) => a.at - b.at)
    .slice(0, limit)
    .map(({ member }) => member);
}

/** For one command each: on a Cluster it stays in one slot. */
function inGroups(calls: RedisCalls, sets: readonly string[]): readonly (readonly string[])[] {
  return calls.isCluster ? byHashTag(sets) : inParts(sets);
}

function inParts(sets: readonly string[]): (readonly string[])[] {
  const count = Math.ceil(sets.length / SETS_AT_ONCE);
  return Array.from({ length: count }, (_, n) =>
    sets.slice(n * SETS_AT_ONCE, (n + 1) * SETS_AT_ONCE),
  );
}

function byHashTag(keys: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const key of keys) {
    const tag = hashTagOf(key);
    const group = groups.get(tag);
    if (group) group.push(key);
    else groups.set(tag, [key]);
  }
  return [...groups.values()];
}
