import type { NodeFigures, Sample } from './sample.js';

/** `bad`: somebody has to look at it now; `warn`: soon, or it is being seen to. */
export type FindingLevel = 'bad' | 'warn';

export type Finding = {
  readonly level: FindingLevel;
  /** The nodes that have it. */
  readonly nodeIds: readonly string[];
  /** Whether that is all of them. */
  readonly everywhere: boolean;
} & (
  | { readonly kind: 'no-nodes' }
  | { readonly kind: 'backend-down'; readonly backend: string }
  | { readonly kind: 'archive-lag'; readonly ms: number }
  | { readonly kind: 'refused'; readonly code: string; readonly count: number }
  | { readonly kind: 'loop-delay'; readonly ms: number }
  | { readonly kind: 'silent'; readonly ms: number }
  | { readonly kind: 'gone'; readonly lastAt: number }
  | { readonly kind: 'draining' }
);

export type FindingKind = Finding['kind'];

/** From here on the system's own log speaks of a lag. */
const LAG_BAD_MS = 10_000;
const LAG_WARN_MS = 3_000;
/** A timer so late is felt by whoever plays. */
const DELAY_BAD_MS = 500;
const DELAY_WARN_MS = 100;
/** One late timer is no finding: the garbage collector was at work. */
const DELAY_SAMPLES = 3;
/** A node speaks every two seconds. */
const SILENT_MS = 7_000;
/** What was refused longer ago is no longer told as a finding. */
const REFUSED_MS = 60_000;

/** Codes that are the server's fault or its limits, not the caller's. */
const SERVER_CODES: { readonly [code: string]: FindingLevel } = {
  internal: 'bad',
  unavailable: 'bad',
  backlog_full: 'bad',
  pins_exhausted: 'bad',
};

/** What is wrong, the worst first; nothing where all is well. `stopped`: nodes that were to go. */
export function findings(
  samples: readonly Sample[],
  stopped: ReadonlySet<string> = new Set(),
): Finding[] {
  const newest = samples.at(-1);
  if (!newest) return [];
  if (newest.nodes.size === 0) {
    return [{ kind: 'no-nodes', level: 'bad', nodeIds: [], everywhere: true }];
  }
  const found = [
    ...backendsDown(newest),
    ...refusedOf(samples, newest),
    ...slowNodes(newest, 'archive-lag', ({ status }) => status.archiveLagMs, [
      LAG_WARN_MS,
      LAG_BAD_MS,
    ]),
    ...slowNodes(newest, 'loop-delay', ({ status }) => lastingDelay(samples, status.id), [
      DELAY_WARN_MS,
      DELAY_BAD_MS,
    ]),
    ...slowNodes(newest, 'silent', ({ heardAt }) => newest.at - heardAt, [SILENT_MS, Infinity]),
    ...goneNodes(samples, newest).filter(({ nodeIds }) => !nodeIds.some((id) => stopped.has(id))),
    ...drainingNodes(newest),
  ];
  return found.sort((a, b) => Number(b.level === 'bad') - Number(a.level === 'bad'));
}

function backendsDown(newest: Sample): Finding[] {
  const down = new Map<string, string[]>();
  for (const [id, { status }] of newest.nodes) {
    for (const [backend, state] of Object.entries(status.backends)) {
      if (state === 'down') down.set(backend, [...(down.get(backend) ?? []), id]);
    }
  }
  return [...down].map(([backend, ids]) => ({
    kind: 'backend-down',
    backend,
    level: 'bad',
    ...whichOf(newest, ids),
  }));
}

function refusedOf(samples: readonly Sample[], newest: Sample): Finding[] {
  return Object.entries(SERVER_CODES).flatMap(([code, level]) => {
    const byNode = refusedSince(samples, newest.at - REFUSED_MS, code);
    if (byNode.size === 0) return [];
    const count = [...byNode.values()].reduce((sum, more) => sum + more, 0);
    return [{ kind: 'refused', code, count, level, ...whichOf(newest, [...byNode.keys()]) }];
  });
}

/** How often a code was given since then, by node; a node that never gave it is not in it. */
export function refusedSince(
  samples: readonly Sample[],
  since: number,
  code: string,
): ReadonlyMap<string, number> {
  const byNode = new Map<string, number>();
  for (const { at, nodes } of samples) {
    if (at <= since) continue;
    for (const [id, { refusedMore }] of nodes) {
      const more = refusedMore[code] ?? 0;
      if (more > 0) byNode.set(id, (byNode.get(id) ?? 0) + more);
    }
  }
  return byNode;
}

function slowNodes(
  newest: Sample,
  kind: 'archive-lag' | 'loop-delay' | 'silent',
  read: (figures: NodeFigures) => number,
  [warnMs, badMs]: readonly [number, number],
): Finding[] {
  const slow = [...newest.nodes].filter(([, figures]) => read(figures) >= warnMs);
  if (slow.length === 0) return [];
  const ms = Math.max(...slow.map(([, figures]) => read(figures)));
  const ids = slow.map(([id]) => id);
  return [{ kind, ms, level: ms >= badMs ? 'bad' : 'warn', ...whichOf(newest, ids) }];
}

function lastingDelay(samples: readonly Sample[], id: string): number {
  const delays = samples
    .slice(-DELAY_SAMPLES)
    .flatMap(({ nodes }) => nodes.get(id)?.status.loopDelayMs ?? []);
  return Math.min(...delays);
}

/** Nodes that were there and are not, unless they had said that they go. */
function goneNodes(samples: readonly Sample[], newest: Sample): Finding[] {
  const last = new Map<string, { at: number; draining: boolean }>();
  for (const { at, nodes } of samples) {
    for (const [id, { status }] of nodes) last.set(id, { at, draining: status.draining });
  }
  return [...last].flatMap(([id, { at, draining }]) =>
    newest.nodes.has(id) || draining
      ? []
      : [{ kind: 'gone', level: 'warn', lastAt: at, nodeIds: [id], everywhere: false }],
  );
}

function drainingNodes(newest: Sample): Finding[] {
  const ids = [...newest.nodes].filter(([, { status }]) => status.draining).map(([id]) => id);
  if (ids.length === 0) return [];
  return [{ kind: 'draining', level: 'warn', ...whichOf(newest, ids) }];
}

function whichOf(newest: Sample, nodeIds: readonly string[]) {
  return { nodeIds, everywhere: [...newest.nodes.keys()].every((id) => nodeIds.includes(id)) };
}
