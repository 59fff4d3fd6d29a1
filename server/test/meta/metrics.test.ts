import { expect, it } from 'vitest';
import { PrometheusMetrics } from '../../src/drivers/telemetry/prometheus-metrics.js';
import { METRICS, type MetricDefinition } from '../../src/engine/runtime/metrics.js';
import { readYaml, type Yaml } from './read-yaml.js';
import { filesBelow, readText, tableRows, withoutComments } from './source-files.js';

const DASHBOARD = 'infra/observability/grafana/dashboards/pinroom.json';
const ALERTS = 'infra/observability/alerts.yml';
const KINDS = { counter: 'counter', gauge: 'gauge', histogram: 'histogram' } as const;

const metrics: [name: string, MetricDefinition][] = Object.entries(METRICS);
const operations = tableRows(readText('docs/operations.md'));

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

const rules = rulesOf(readYaml(readText(ALERTS)));
const dashboard = JSON.parse(readText(DASHBOARD)) as { panels: { targets?: { expr: string }[] }[] };
const shown = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** The type checker has no word in a file of YAML: each rule has these, or what reads them fails. */
function rulesOf(documents: Yaml[]): Rule[] {
  const [file] = documents as unknown as { groups: { rules: Rule[] }[] }[];
  return (file?.groups ?? []).flatMap(({ rules }) => rules);
}

it('every metric is named as Prometheus wants it, and its labels are few', () => {
  for (const [name, { kind, labels, values }] of metrics) {
    expect([name, name.endsWith('_total')]).toEqual([name, kind === 'counter']);
    if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(name).toMatch(/^pinroom_[a-z]+(_[a-z]+)*$/);
    expect(name).not.toMatch(/_(ms|milliseconds|percent|count|sum|bucket)(_|$)/);
    // What would be there once for each room, user or address never ends.
    for (const label of labels)
      expect(label).not.toMatch(/room|user|pin$|address|session|channel|id$/);
    if (values) expect(labels).toHaveLength(1);
  }
});

it('docs/operations.md explains every metric, with its kind, labels and their values, and no other', () => {
  const said = operations
    .filter(
      ({ words, cells }) =>
        words[0]?.startsWith('pinroom_') && Object.hasOwn(KINDS, cells[1] ?? ''),
    )
    .map(({ words, cells }) => [words[0], cells[1], codeWords(cells[2] ?? ''), cells[3] ?? '']);
  expect(said.map(([name, kind, labels]) => [name, kind, labels]).sort()).toEqual(
    metrics.map(([name, { kind, labels }]) => [name, kind, [...labels]]).sort(),
  );
  const meanings = new Map(said.map(([name, , , meaning]) => [name, meaning]));
  for (const [name, { values = [] }] of metrics) {
    for (const value of values) expect(meanings.get(name)).toContain(`\`${value}\``);
  }
});

it('every metric is counted, set or observed somewhere', () => {
  const used = new Set(
    filesBelow('server/src', '.ts')
      .filter(({ name }) => !/\.test\.ts$|runtime\/metrics\.ts$/.test(name))
      .flatMap(({ text }) => withoutComments(text).match(/\bpinroom_[a-z_]+\b/g) ?? []),
  );
  expect(metrics.map(([name]) => name).filter((name) => !used.has(name))).toEqual([]);
});

it('alerts and dashboard ask for metrics and labels that there are, as their kind allows', async () => {
  const known = new Map(
    metrics.map(([name, { kind, labels }]) => [name, { kind, labels }] as const),
  );
  for (const [, name = '', kind] of (await new PrometheusMetrics().text()).matchAll(
    /^# TYPE (\w+) (\w+)$/gm,
  )) {
    if (!known.has(name)) known.set(name, { kind: kind as 'gauge', labels: [] });
  }
  known.set('up', { kind: 'gauge', labels: [] });
  expect(shown.length).toBeGreaterThan(40);
  expect(rules.length).toBeGreaterThan(10);
  for (const expr of [...shown, ...rules.map((rule) => rule.expr)]) {
    const asked = [
      ...expr.matchAll(/\b((?:pinroom|process|nodejs)_\w+|up\b)(?:\{([^}]*)\})?(\[)?/g),
    ];
    expect([expr, asked.length > 0]).toEqual([expr, true]);
    const labels = new Set(['instance', 'job', 'worker']);
    for (const [, name = '', selector = '', range] of asked) {
      const isBucket = name.endsWith('_bucket');
      const metric = known.get(name) ?? known.get(name.replace(/_bucket$/, ''));
      expect([expr, metric?.kind ?? `no ${name}`, isBucket]).toEqual([
        expr,
        isBucket ? 'histogram' : expect.not.stringMatching(/^histogram|^no /),
        isBucket,
      ]);
      // Only what grows can be asked how fast it does.
      const isGrowing =
        isBucket || metric?.kind === 'counter' || name === 'process_start_time_seconds';
      if (range) expect([expr, isGrowing]).toEqual([expr, true]);
      for (const label of metric?.labels ?? []) labels.add(label);
      if (isBucket) labels.add('le');
      const own = new Set(['instance', 'job', 'le', ...(metric?.labels ?? [])]);
      for (const [, label = ''] of selector.matchAll(/(\w+)\s*[=!]/g)) {
        expect([expr, label, own.has(label)]).toEqual([expr, label, true]);
      }
    }
    for (const [, list = ''] of expr.matchAll(/\bby \(([^)]*)\)/g)) {
      for (const label of list.split(', '))
        expect([expr, label, labels.has(label)]).toEqual([expr, label, true]);
    }
  }
});

it('docs/operations.md says of every alert how urgent it is and what to do, and of no other', () => {
  const said = operations
    .filter(({ words }) => /^Pinroom[A-Z]/.test(words[0] ?? ''))
    .map(({ words, cells }) => [words[0], cells[1], (cells[2] ?? '').length > 20]);
  expect(said.sort()).toEqual(
    rules.map(({ alert, labels }) => [alert, labels.severity, true]).sort(),
  );
  for (const { annotations } of rules) expect(annotations.summary).toMatch(/\.$/);
});

function codeWords(cell: string): string[] {
  return [...cell.matchAll(/`([a-z_]+)`/g)].map(([, word = '']) => word);
}
