import { describe, expect, it } from 'vitest';
import { Figures } from './figures.js';
import { LatencyHistogram } from './latency-histogram.js';
import { seededRandom } from './seeded-random.js';

describe('a histogram', () => {
  it('keeps milliseconds to the microsecond and three digits', () => {
    const histogram = new LatencyHistogram();
    for (let ms = 1; ms <= 1_000; ms++) histogram.record(ms / 10);
    expect(histogram.percentile(50)).toBeCloseTo(50, 1);
    expect(histogram.percentile(99)).toBeCloseTo(99, 0);
    expect(histogram.summary()).toMatchObject({ count: 1_000, p90: expect.closeTo(90, 0) });
    expect(histogram.max).toBeCloseTo(100, 0);
  });

  it('takes what is out of its range at the end of the range', () => {
    const histogram = new LatencyHistogram();
    histogram.record(-3);
    histogram.record(24 * 3_600_000);
    expect(histogram.percentile(50)).toBe(0);
    expect((histogram.max ?? 0) / 600_000).toBeCloseTo(1, 2);
  });

  it('of nothing says nothing', () => {
    const histogram = new LatencyHistogram();
    expect([histogram.percentile(99), histogram.max, histogram.mean]).toEqual([null, null, null]);
    expect(histogram.summary()).toBeNull();
  });
});

describe('figures of several processes', () => {
  it('merge, second by second, to what one process would have seen', () => {
    const random = seededRandom(7);
    const [one, merged] = [new Figures(), new Figures()];
    const workers = [new Figures(), new Figures(), new Figures()];
    for (let second = 0; second < 5; second++) {
      for (let n = 0; n < 600; n++) {
        const ms = random() ** 6 * 2_000;
        for (const figures of [one, workers[n % 3]]) {
          figures?.time('delivery', ms);
          figures?.count('delivered');
          if (n % 50 === 0) figures?.code(n % 100 === 0 ? 'muted' : 'rate_limited');
        }
      }
      for (const worker of workers) merged.add(worker.take());
    }
    const [whole, parts] = [one.histogram('delivery'), merged.histogram('delivery')];
    expect(parts.summary()).toEqual(whole.summary());
    for (const percent of [0, 10, 50, 99, 99.9, 99.99, 100]) {
      expect(parts.percentile(percent)).toBe(whole.percentile(percent));
    }
    expect(merged.counted('delivered')).toBe(3_000);
    expect(merged.codes).toEqual(
      new Map([
        ['muted', 30],
        ['rate_limited', 30],
      ]),
    );
  });

  it('are handed out once', () => {
    const figures = new Figures();
    figures.count('sent', 2);
    figures.time('ack', 5);
    expect(Object.keys(figures.take().times)).toEqual(['ack']);
    expect(figures.take()).toEqual({ counts: {}, codes: {}, times: {} });
  });
});
