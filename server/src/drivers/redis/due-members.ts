import type { RedisAccess } from './redis-access.js';
import type { RedisCommand } from './redis-calls.js';

/**
 * Members of sorted sets by time whose time has come, of all sets together the oldest first. Two
 * round trips whatever the number of sets: the time of Redis, then each set. Nothing is decided
 * here: who acts on a member looks again in a script.
 */
export async function dueMembers(
  { calls }: Pick<RedisAccess, 'calls'>,
  sets: readonly string[],
  limit: number,
): Promise<string[]> {
  if (sets.length === 0 || limit <= 0) return [];
  const times = (await calls.onMasters('TIME')) as [seconds: string, micros: string][];
  // Masters of a Cluster may differ a little: rather late than early.
  const now = Math.min(
    ...times.map(
      ([seconds, micros]) => Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000),
    ),
  );
  return await oldestOf({ calls }, sets, now, limit);
}

/** Members of sorted sets by time, of all sets together the oldest first; one round trip. */
export async function oldestMembers(
  redis: Pick<RedisAccess, 'calls'>,
  sets: readonly string[],
  limit: number,
): Promise<string[]> {
  if (sets.length === 0 || limit <= 0) return [];
  return await oldestOf(redis, sets, '+inf', limit);
}

async function oldestOf(
  { calls }: Pick<RedisAccess, 'calls'>,
  sets: readonly string[],
  until: number | '+inf',
  limit: number,
): Promise<string[]> {
  const replies = await calls.callAll(
    sets.map(
      (set): RedisCommand => [
        'ZRANGE',
        set,
        '-inf',
        until,
        'BYSCORE',
        'LIMIT',
        0,
        limit,
        'WITHSCORES',
      ],
    ),
  );
  const found: { readonly member: string; readonly at: number }[] = [];
  // RESP3: pairs.
  for (const pairs of replies as (readonly [member: string, score: string | number])[][]) {
    for (const [member, score] of pairs) found.push({ member, at: Number(score) });
  }
  return found
    .sort((a, b) => a.at - b.at)
    .slice(0, limit)
    .map(({ member }) => member);
}
