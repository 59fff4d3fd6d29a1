import { describe, expect, it } from 'vitest';
import { METRICS } from '../../engine/runtime/metrics.js';
import { PrometheusMetrics } from './prometheus-metrics.js';

describe('metrics', () => {
  it('names every metric of the table, with its help', async () => {
    const text = await new PrometheusMetrics({ processMetrics: false }).text();
    for (const [name, { kind, help }] of Object.entries(METRICS)) {
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}`);
    }
  });

  it('counts, sets and observes', async () => {
    const metrics = new PrometheusMetrics({ processMetrics: false });
    metrics.count('pinroom_commands_total', { command: 'room:send', code: 'ok' });
    metrics.count('pinroom_commands_total', { command: 'room:send', code: 'ok' }, 2);
    metrics.set('pinroom_sockets', 7);
    metrics.observe('pinroom_command_seconds', 0.003, { command: 'room:send' });
    const text = await metrics.text();
    expect(text).toContain('pinroom_commands_total{command="room:send",code="ok"} 3');
    expect(text).toContain('pinroom_sockets 7');
    expect(text).toContain('pinroom_command_seconds_bucket{le="0.005",command="room:send"} 1');
  });

  it('begins with every value of a label that is known, so that its first count is seen as one', async () => {
    const text = await new PrometheusMetrics({ processMetrics: false }).text();
    expect(text).toContain('pinroom_gaps_total{result="given_up"} 0');
    expect(text).toContain('pinroom_history_seconds_count{source="cache"} 0');
    expect(text).toMatch(/^pinroom_internal_faults_total 0$/m);
    expect(text).not.toContain('pinroom_commands_total{');
  });

  it('has buckets as fine as what is measured', async () => {
    const metrics = new PrometheusMetrics({ processMetrics: false });
    metrics.observe('pinroom_append_seconds', 0.0004);
    metrics.observe('pinroom_event_loop_delay_seconds', 0.03);
    const text = await metrics.text();
    expect(text).toContain('pinroom_append_seconds_bucket{le="0.0005"} 1');
    expect(text).toContain('pinroom_event_loop_delay_seconds_bucket{le="0.025"} 0');
    expect(text).toContain('pinroom_event_loop_delay_seconds_bucket{le="0.05"} 1');
  });

  it('reads back what it has counted, whole and by a label', async () => {
    const metrics = new PrometheusMetrics({ processMetrics: false });
    expect(await metrics.total('pinroom_entries_accepted_total')).toBe(0);
    expect(await metrics.totalBy('pinroom_commands_total', 'code')).toEqual(new Map());
    metrics.count('pinroom_entries_accepted_total', {}, 3);
    metrics.count('pinroom_commands_total', { command: 'room:send', code: 'ok' });
    metrics.count('pinroom_commands_total', { command: 'room:send', code: 'muted' });
    metrics.count('pinroom_commands_total', { command: 'room:signal', code: 'muted' }, 2);
    expect(await metrics.total('pinroom_entries_accepted_total')).toBe(3);
    const codes = { ok: 1, muted: 3 };
    expect(await metrics.totalBy('pinroom_commands_total', 'code')).toEqual(
      new Map(Object.entries(codes)),
    );
  });

  it('keeps two nodes in one process apart, and tells about the process', async () => {
    const [one, other] = [new PrometheusMetrics(), new PrometheusMetrics()];
    one.set('pinroom_sockets', 1);
    expect(await other.text()).toContain('pinroom_sockets 0');
    expect(await other.text()).toContain('process_cpu_user_seconds_total');
  });

  it('says so when a metric is used as another kind', () => {
    const metrics = new PrometheusMetrics({ processMetrics: false });
    expect(() => metrics.count('pinroom_sockets')).toThrow('pinroom_sockets is a gauge');
  });
});
