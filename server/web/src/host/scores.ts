import type { Score } from '../round/vocabulary.js';
import type { CountedAnswer } from './answer-tally.js';

export interface Points {
  readonly nickname: string;
  readonly points: number;
}

/** By user id, as the room's state keeps it under `scores`. */
export type ScoreTable = ReadonlyMap<string, Points>;

const RIGHT = 1_000;
/** Where there is a time limit, half of it is for being fast. */
const FOR_SPEED = 500;
/** A patch has to fit into one packet, among other things. */
const PATCH_BYTES = 8_000;
/** The state holds 64 KiB; the scores leave room for what else is in it. */
const TABLE_BYTES = 48_000;

export function readScores(state: unknown): ScoreTable {
  const { scores } = (state ?? {}) as { scores?: unknown };
  const table = new Map<string, Points>();
  if (typeof scores !== 'object' || scores === null) return table;
  for (const [userId, row] of Object.entries(scores)) {
    const { nickname, points } = (row ?? {}) as { nickname?: unknown; points?: unknown };
    if (typeof nickname === 'string' && typeof points === 'number' && Number.isFinite(points)) {
      table.set(userId, { nickname, points });
    }
  }
  return table;
}

/** What a right answer is worth. */
export function pointsFor(at: number, askedAt: number, endsAt: number | undefined): number {
  if (endsAt === undefined || endsAt <= askedAt) return RIGHT;
  const left = Math.min(1, Math.max(0, (endsAt - at) / (endsAt - askedAt)));
  return RIGHT - FOR_SPEED + Math.round(FOR_SPEED * left);
}

/** Who has another score after this round, and which. */
export function scoreRound(
  table: ScoreTable,
  answers: Iterable<CountedAnswer>,
  round: { readonly right: number; readonly askedAt: number; readonly endsAt: number | undefined },
): Map<string, Points> {
  const changed = new Map<string, Points>();
  for (const { userId, nickname, choice, at } of answers) {
    if (choice !== round.right) continue;
    const before = table.get(userId)?.points ?? 0;
    const points = before + pointsFor(at, round.askedAt, round.endsAt);
    changed.set(userId, { nickname, points });
  }
  return changed;
}

/** The best first; those with the same points in the order of their names. */
export function ranking(table: ScoreTable, limit: number): Score[] {
  return [...table]
    .map(([userId, { nickname, points }]) => ({ userId, nickname, points }))
    .sort((a, b) => b.points - a.points || a.nickname.localeCompare(b.nickname))
    .slice(0, limit);
}

/**
 * The changes as patches of the state, each small enough for one packet. What the state cannot hold is left out,
 * those with the fewest points first. The values are absolute: to send a patch again does no harm.
 */
export function scorePatches(
  table: ScoreTable,
  changed: ReadonlyMap<string, Points>,
): { scores: { [userId: string]: Points | null } }[] {
  const patches: { scores: { [userId: string]: Points | null } }[] = [];
  let size = PATCH_BYTES;
  const put = (userId: string, row: Points | null) => {
    const bytes = bytesOf(userId, row);
    if (size + bytes > PATCH_BYTES) {
      patches.push({ scores: {} });
      size = 0;
    }
    const patch = patches.at(-1);
    if (patch) patch.scores[userId] = row;
    size += bytes;
  };
  let whole = 0;
  const rows = ranking(new Map([...table, ...changed]), Number.POSITIVE_INFINITY);
  const kept = new Set<string>();
  for (const { userId, nickname, points } of rows) {
    if (userId === undefined) continue;
    whole += bytesOf(userId, { nickname, points });
    if (whole > TABLE_BYTES) break;
    kept.add(userId);
  }
  // Room is made before it is taken.
  for (const userId of table.keys()) if (!kept.has(userId)) put(userId, null);
  for (const [userId, row] of changed) if (kept.has(userId)) put(userId, row);
  return patches;
}

const encoder = new TextEncoder();

function bytesOf(userId: string, row: Points | null): number {
  return encoder.encode(JSON.stringify({ [userId]: row })).length;
}
