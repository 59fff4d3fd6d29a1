import { compareEntryIds } from '@pinroom/client';
import { addFaults } from './fault-counts.js';
import type { Checked, RoomFacts, Tops } from './messages.js';
import { askAll, type LoadWorkerProcess } from './worker-fleet.js';

/** Answers that are under way when the schedule ends. */
const SETTLE_MS = 20_000;
/** Entries that are under way. */
const CATCH_UP_MS = 20_000;

export interface CheckOptions {
  /** What is under way has arrived or never will; so many messages have no answer. */
  readonly onSettled: (unanswered: number) => void;
  /** Whether who is in each room is known for sure. */
  readonly isEverybodyIn: () => boolean;
}

/** The end of a run: no more turns, what is under way arrives, and then what was seen is compared. */
export async function settleAndCheck(
  workers: readonly LoadWorkerProcess[],
  { onSettled, isEverybodyIn }: CheckOptions,
): Promise<Checked> {
  const settled = await settle(workers);
  onSettled(settled.reduce((sum, one) => sum + one.unanswered, 0));
  const withUsers = settled.some(({ sentToUsers }) => sentToUsers);
  const facts = together(await askAll(workers, 'read', { withUsers }));
  const asked = isEverybodyIn() ? facts : { ...facts, members: {} };
  const checked = await askAll(workers, 'check', asked);
  const sum = (of: (one: Checked) => number) => checked.reduce((all, one) => all + of(one), 0);
  return {
    ...addFaults(checked),
    clients: sum(({ clients }) => clients),
    entries: sum(({ entries }) => entries),
    seen: sum(({ seen }) => seen),
  };
}

/**
 * Until nobody has anything more to hear, nor to say to it: an answer to the last entry is an entry
 * too. Whoever does not come to an end is cut short.
 */
async function settle(workers: readonly LoadWorkerProcess[]) {
  const end = performance.now() + SETTLE_MS;
  let before = '';
  for (;;) {
    const isLate = performance.now() >= end;
    const settled = await askAll(workers, 'settle', { deadlineMs: SETTLE_MS, isSilent: isLate });
    const tops = highest(settled.map((one) => one.tops));
    await askAll(workers, 'catchUp', { tops, deadlineMs: CATCH_UP_MS });
    const now = JSON.stringify(tops);
    if (isLate || now === before) return settled;
    before = now;
  }
}

function highest(all: readonly Tops[]): Tops {
  const tops: Record<string, string> = {};
  for (const one of all) {
    for (const [name, id] of Object.entries(one)) {
      if (compareEntryIds(id, tops[name] ?? '0-0') > 0) tops[name] = id;
    }
  }
  return tops;
}

function together(all: readonly RoomFacts[]): RoomFacts {
  const members: Record<string, string[]> = {};
  for (const facts of all) {
    for (const [roomId, users] of Object.entries(facts.members)) {
      members[roomId] = [...(members[roomId] ?? []), ...users];
    }
  }
  return {
    kept: all.flatMap(({ kept }) => kept),
    leavers: all.flatMap(({ leavers }) => leavers),
    members,
  };
}
