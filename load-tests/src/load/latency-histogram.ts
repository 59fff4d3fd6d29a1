import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

/** Ten minutes; what takes longer is counted as this long. */
const HIGHEST_US = 600_000_000;
const US_PER_MS = 1_000;

/** What a report says of a histogram, in milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Durations in milliseconds, kept to the microsecond and three digits: an HdrHistogram. */
export class LatencyHistogram {
  readonly #histogram: Histogram;

  constructor(histogram: Histogram = emptyHistogram()) {
    this.#histogram = histogram;
  }

  static decode(text: string): LatencyHistogram {
    const histogram = new LatencyHistogram();
    histogram.addEncoded(text);
    return histogram;
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  record(ms: number): void {
    const us = Math.round(ms * US_PER_MS);
    this.#histogram.recordValue(Math.min(HIGHEST_US, Math.max(0, us)));
  }

  add(other: LatencyHistogram): void {
    this.#histogram.add(other.#histogram);
  }

  addEncoded(text: string): void {
    this.#histogram.add(decodeFromCompressedBase64(text, 32, false));
  }

  /** For another process. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }

  reset(): void {
    this.#histogram.reset();
  }

  /** Null: nothing was recorded. */
  percentile(percent: number): number | null {
    if (this.count === 0) return null;
    return this.#histogram.getValueAtPercentile(percent) / US_PER_MS;
  }

  /** To three digits, as everything here. */
  get max(): number | null {
    return this.percentile(100);
  }

  get mean(): number | null {
    return this.count === 0 ? null : this.#histogram.mean / US_PER_MS;
  }

  /** Null: nothing was recorded. */
  summary(): LatencySummary | null {
    if (this.count === 0) return null;
    const at = (percent: number) => this.percentile(percent) ?? 0;
    return {
      count: this.count,
      mean: Math.round((this.mean ?? 0) * US_PER_MS) / US_PER_MS,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: this.max ?? 0,
    };
  }
}

function emptyHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    useWebAssembly: false,
  });
}
