import type { Fault, FaultKind } from '../delivery-record.js';
import type { FaultCount } from './fail-if.js';

/** Under which count each fault of the delivery check goes. */
const COUNTED_AS = {
  gap: 'lost',
  missing: 'lost',
  hole: 'lost',
  repeat: 'repeated',
  duplicate: 'repeated',
  order: 'disordered',
  leak: 'wrong-room',
  content: 'changed',
  phantom: 'changed',
  presence: 'presence',
} as const satisfies Record<FaultKind, FaultCount>;

/** Faults that are shown; all are counted. */
const SHOWN = 100;

/** What a check has found, as it travels and as a report has it. */
export interface FoundFaults {
  readonly counts: Readonly<Record<FaultCount, number>>;
  /** The first ones. */
  readonly examples: readonly Fault[];
}

/** Counts faults as users would: every entry that did not reach somebody counts. */
export function countFaults(faults: readonly Fault[]): FoundFaults {
  const counts = noFaults();
  for (const { kind, entries = 1 } of faults) counts[COUNTED_AS[kind]] += entries;
  return { counts, examples: faults.slice(0, SHOWN) };
}

export function addFaults(all: readonly FoundFaults[]): FoundFaults {
  const counts = noFaults();
  for (const found of all) {
    for (const [name, count] of Object.entries(found.counts)) counts[name as FaultCount] += count;
  }
  return { counts, examples: all.flatMap(({ examples }) => examples).slice(0, SHOWN) };
}

function noFaults(): Record<FaultCount, number> {
  return { lost: 0, repeated: 0, disordered: 0, 'wrong-room': 0, changed: 0, presence: 0 };
}
