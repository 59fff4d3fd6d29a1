import type { NodeStatus } from '@pinroom/client';

export type ByCode = { readonly [code: string]: number };

/** What a node said, and what follows from it and from what it said before. */
export interface NodeFigures {
  readonly status: NodeStatus;
  /** When the page first heard this from it, by the page's own clock. */
  readonly heardAt: number;
  /** Null: not known yet. */
  readonly entriesPerSecond: number | null;
  readonly refusedPerSecond: ByCode;
  /** How many more were refused than in the sample before. */
  readonly refusedMore: ByCode;
}

/** All nodes at one moment. */
export interface Sample {
  /** When the answer came, by the page's own clock. */
  readonly at: number;
  readonly nodes: ReadonlyMap<string, NodeFigures>;
}

/** Sets an answer beside the one before it. */
export function nextSample(
  previous: Sample | undefined,
  nodes: readonly NodeStatus[],
  at: number,
): Sample {
  return {
    at,
    nodes: new Map(
      nodes.map((status) => [status.id, figuresOf(previous?.nodes.get(status.id), status, at)]),
    ),
  };
}

function figuresOf(before: NodeFigures | undefined, status: NodeStatus, at: number): NodeFigures {
  // A node speaks every two seconds, and was asked twice in between.
  if (before && before.status.at === status.at && isSameRun(before.status, status)) {
    return { ...before, status, refusedMore: {} };
  }
  const seconds = before ? (status.at - before.status.at) / 1_000 : 0;
  if (!before || seconds <= 0 || !isSameRun(before.status, status)) {
    return {
      status,
      heardAt: at,
      entriesPerSecond: null,
      refusedPerSecond: {},
      refusedMore: {},
    };
  }
  const refusedMore = increments(before.status.refused, status.refused);
  const entries = increment(before.status.entries, status.entries);
  return {
    status,
    heardAt: at,
    entriesPerSecond: entries === null ? null : entries / seconds,
    refusedPerSecond: Object.fromEntries(
      Object.entries(refusedMore).map(([code, more]) => [code, more / seconds]),
    ),
    refusedMore,
  };
}

/** Counters go on only within one run of a process: another one begins at zero. */
function isSameRun(before: NodeStatus, now: NodeStatus): boolean {
  return before.life === now.life && before.startedAt === now.startedAt && before.pid === now.pid;
}

function increment(before: number, now: number): number | null {
  return now < before ? null : now - before;
}

function increments(before: ByCode, now: ByCode): ByCode {
  const more: { [code: string]: number } = {};
  for (const [code, count] of Object.entries(now)) {
    const grown = increment(before[code] ?? 0, count);
    if (grown !== null && grown > 0) more[code] = grown;
  }
  return more;
}
