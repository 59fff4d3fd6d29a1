import type { MetricName, Metrics } from './metrics.js';

/** Seconds of a clock that only goes forward, and finer than `Clock`: for how long something takes. */
export function stopwatch(): number {
  return performance.now() / 1_000;
}

/** Does work and observes how long it took, also where it fails. */
export async function timed<T>(
  metrics: Metrics,
  name: MetricName,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = stopwatch();
  try {
    return await work();
  } finally {
    metrics.observe(name, stopwatch() - startedAt);
  }
}
