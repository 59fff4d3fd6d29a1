/** One question to another process and its answer, each time on the clock of who took it. */
export interface Exchange {
  readonly askedAt: number;
  readonly theirs: number;
  readonly answeredAt: number;
}

export interface ClockOffset {
  /** What has to be taken from the other clock to get ours. */
  readonly offsetMs: number;
  /** It is off by so much at most: half of the shortest round trip. */
  readonly uncertaintyMs: number;
}

/**
 * How far another clock is from ours. The shortest round trip says it best: whatever happened between
 * question and answer, the other clock was read within it.
 */
export function offsetOf(exchanges: readonly Exchange[]): ClockOffset {
  const best = exchanges.reduce<Exchange | null>((shortest, exchange) => {
    return shortest === null || roundTrip(exchange) < roundTrip(shortest) ? exchange : shortest;
  }, null);
  if (best === null) throw new Error('No clock without an exchange.');
  return {
    offsetMs: best.theirs - (best.askedAt + best.answeredAt) / 2,
    uncertaintyMs: roundTrip(best) / 2,
  };
}

function roundTrip({ askedAt, answeredAt }: Exchange): number {
  return answeredAt - askedAt;
}

/** What a run may say of times between two processes: measured before it and after it. */
export function clockError(before: ClockOffset, after: ClockOffset) {
  const driftMs = after.offsetMs - before.offsetMs;
  return {
    driftMs,
    uncertaintyMs: Math.max(before.uncertaintyMs, after.uncertaintyMs) + Math.abs(driftMs),
  };
}

/** This process's clock: as exact as `performance.now()`, and comparable with other processes'. */
export function wallNow(): number {
  return performance.timeOrigin + performance.now();
}
