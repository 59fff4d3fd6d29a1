import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  type CountReader,
  METRICS,
  type MetricDefinition,
  type MetricName,
  type Metrics,
} from '../../engine/runtime/metrics.js';

type Labels = { readonly [name: string]: string };

/** One for all: nothing is allocated where most is counted. */
const NO_LABELS: Labels = {};

export interface PrometheusOptions {
  readonly processMetrics?: boolean;
  /** Becomes a label of every figure. */
  readonly worker?: string;
}

/** Each look wakes the process: an idle one should sleep. */
const LOOP_PRECISION_MS = 50;

/** Metrics in a registry of their own, with the figures of the process beside them. */
export class PrometheusMetrics implements Metrics, CountReader {
  readonly #registry = new Registry();
  readonly #counters = new Map<MetricName, Counter>();
  readonly #gauges = new Map<MetricName, Gauge>();
  readonly #histograms = new Map<MetricName, Histogram>();

  constructor(options: PrometheusOptions = {}) {
    // With it the figures of several processes can stand side by side.
    if (options.worker) this.#registry.setDefaultLabels({ worker: options.worker });
    const registers = [this.#registry];
    for (const name of Object.keys(METRICS) as MetricName[]) {
      const metric: MetricDefinition = METRICS[name];
      const { help, labels, values = [] } = metric;
      const shared = { name, help, labelNames: [...labels], registers };
      if (metric.kind === 'histogram') {
        this.#histograms.set(name, new Histogram({ ...shared, buckets: [...metric.buckets] }));
      } else if (metric.kind === 'counter') this.#counters.set(name, new Counter(shared));
      else this.#gauges.set(name, new Gauge(shared));
      for (const value of values) this.#begin(name, { [labels[0] ?? '']: value });
    }
    if (options.processMetrics !== false) {
      collectDefaultMetrics({
        register: this.#registry,
        eventLoopMonitoringPrecision: LOOP_PRECISION_MS,
      });
    }
  }

  #begin(name: MetricName, labels: Labels): void {
    this.#counters.get(name)?.inc(labels, 0);
    this.#histograms.get(name)?.zero(labels);
  }

  count(name: MetricName, labels: Labels = NO_LABELS, by = 1): void {
    found(this.#counters.get(name), name).inc(labels, by);
  }

  set(name: MetricName, value: number, labels: Labels = NO_LABELS): void {
    found(this.#gauges.get(name), name).set(labels, value);
  }

  observe(name: MetricName, value: number, labels: Labels = NO_LABELS): void {
    found(this.#histograms.get(name), name).observe(labels, value);
  }

  async total(name: MetricName): Promise<number> {
    const { values } = await found(this.#counters.get(name), name).get();
    return values.reduce((sum, { value }) => sum + value, 0);
  }

  async totalBy(name: MetricName, label: string): Promise<ReadonlyMap<string, number>> {
    const { values } = await found(this.#counters.get(name), name).get();
    const totals = new Map<string, number>();
    for (const { labels, value } of values) {
      const of = String(labels[label]);
      totals.set(of, (totals.get(of) ?? 0) + value);
    }
    return totals;
  }

  /** Everything in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

function found<T>(metric: T | undefined, name: MetricName): T {
  if (!metric) throw new TypeError(`${name} is a ${METRICS[name].kind}`);
  return metric;
}
