import { eventually } from '../waiting.js';
import { type BenchHouse, sumOf } from './house.js';

const LOOK_MS = 100;

/** How many entries all nodes together have archived since they started. */
export function archivedEntries(house: BenchHouse): Promise<number> {
  return sumOf(house, 'pinroom_archived_entries_total');
}

/** Waits until so many are; rejects after the deadline. */
export async function untilArchived(
  house: BenchHouse,
  goal: number,
  deadlineMs: number,
): Promise<void> {
  let done = 0;
  const looking = setInterval(() => {
    archivedEntries(house).then((count) => {
      done = count;
    }, console.error);
  }, LOOK_MS);
  try {
    await eventually('all is archived', deadlineMs, () => done >= goal);
  } finally {
    clearInterval(looking);
  }
}
