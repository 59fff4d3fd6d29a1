import { expect, it } from 'vitest';
import { mergeFigures } from './merge-figures.js';
import { PrometheusMetrics } from './prometheus-metrics.js';

it('figures of several workers stand side by side, each metric once with all of its lines', async () => {
  const texts: string[] = [];
  for (const worker of ['1', '2']) {
    const metrics = new PrometheusMetrics({ worker });
    metrics.set('pinroom_sockets', Number(worker) * 10);
    metrics.count('pinroom_handshakes_total', { code: 'ok' });
    texts.push(await metrics.text());
  }
  const rows = mergeFigures(texts).split('\n');
  const heads = rows.filter((row) => row.startsWith('# TYPE'));
  expect(new Set(heads).size).toBe(heads.length);
  const at = rows.indexOf('# TYPE pinroom_sockets gauge');
  expect(rows.slice(at + 1, at + 4)).toEqual([
    'pinroom_sockets{worker="1"} 10',
    'pinroom_sockets{worker="2"} 20',
    '',
  ]);
  expect(rows.filter((row) => row.startsWith('process_start_time_seconds{'))).toHaveLength(2);
  const single = (await new PrometheusMetrics().text()).split('\n');
  expect(heads.length).toBe(single.filter((row) => row.startsWith('# TYPE')).length);
});

it('of nobody there are none', () => {
  expect(mergeFigures([])).toBe('');
});
