import { type Points, ranking, type ScoreTable } from '../round/scores.js';
import type { CountedAnswer } from './answer-tally.js';

const RIGHT = 1_000;
/** Where there is a time limit, half of it is for being fast. */
const FOR_SPEED = 500;
/** A patch has to fit into one packet, among other things. */
const PATCH_BYTES = 8_000;
/** The state holds 64 KiB; the scores leave room for what else is in it. */
const TABLE_BYTES = 48_000;

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
  const rows = ranking(new Map([...table, ...changed]));
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
