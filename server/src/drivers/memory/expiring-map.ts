/** Fewer keys than this are never worth a sweep. */
const SMALLEST_SWEEP = 64;

/**
 * A map whose values run out. What has run out is never returned; it is swept away when the map has
 * doubled since the last sweep, so the cost of a `set` is constant over time and the map holds at
 * most twice what is alive. At `maxSize` the longest kept key makes room for a new one.
 */
export class ExpiringMap<V> {
  readonly #values = new Map<string, { readonly value: V; readonly until: number }>();
  readonly #maxSize: number;
  #sweepAt = SMALLEST_SWEEP;

  constructor(maxSize = Number.POSITIVE_INFINITY) {
    this.#maxSize = maxSize;
  }

  /** How many keys are held, those included that have run out unnoticed. */
  get size(): number {
    return this.#values.size;
  }

  get(key: string, now: number): V | undefined {
    const kept = this.#values.get(key);
    if (kept === undefined) return undefined;
    if (kept.until > now) return kept.value;
    this.#values.delete(key);
    return undefined;
  }

  set(key: string, value: V, until: number, now: number): void {
    // A key that is set again counts as new, so that the order of the map is the order of setting.
    this.#values.delete(key);
    this.#values.set(key, { value, until });
    if (this.#values.size >= this.#sweepAt) this.sweep(now);
    while (this.#values.size > this.#maxSize) {
      const oldest = this.#values.keys().next();
      if (oldest.done) break;
      this.#values.delete(oldest.value);
    }
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  /** Keys in order of setting; some may have run out. */
  keys(): IterableIterator<string> {
    return this.#values.keys();
  }

  /** Forgets everything that has run out. */
  sweep(now: number): void {
    for (const [key, { until }] of this.#values) if (until <= now) this.#values.delete(key);
    this.#sweepAt = Math.max(SMALLEST_SWEEP, this.#values.size * 2);
  }
}
