import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from '../../src/config/variables.js';
import { readYaml } from './read-yaml.js';
import { filesBelow, ROOT, readText } from './source-files.js';

const PORT = VARIABLES.PORT.fallback;
const drainSeconds = Number(VARIABLES.PINROOM_DRAIN_SECONDS.fallback);

interface Service {
  readonly environment?: { readonly [name: string]: string };
  readonly expose?: string[];
  readonly volumes?: string[];
  readonly depends_on?: string[] | object;
  readonly stop_grace_period?: string;
  readonly read_only?: string;
  readonly networks: string[];
  readonly logging?: object;
}
interface Compose {
  readonly networks: object;
  readonly services: { readonly [name: string]: Service };
  readonly volumes: object;
  readonly secrets: object;
}

const composeText = readText('docker-compose.yml');
const [compose] = readYaml(composeText) as unknown as [Compose];
const services = Object.entries(compose.services);
const nodes = services.filter(([name]) => /^pinroom-\d+$/.test(name));
const caddyfile = readText('infra/balancer/Caddyfile');
const dockerfile = readText('infra/docker/Dockerfile');

const isVariable = (name: string) => Object.hasOwn(VARIABLES, name);

/** Whether the server has a route of exactly this path. */
function hasRoute(route: string): boolean {
  return filesBelow('server/src/drivers/http', '.ts').some(({ text }) =>
    text.includes(`path: '${route}'`),
  );
}

describe('docker-compose.yml', () => {
  it('gives its nodes variables that the server knows, and takes no others from outside', () => {
    expect(nodes.length).toBeGreaterThan(1);
    for (const [, { environment = {} }] of nodes) {
      expect(Object.keys(environment).filter((name) => !isVariable(name))).toEqual([]);
      expect(environment).toMatchObject({
        REDIS_URL: 'redis://redis:6379',
        PINROOM_TRUST_PROXY: '1',
      });
    }
    const made = [
      ...readText('server/src/commands/keys.ts').matchAll(/\b([A-Z]+_PASSWORD): /g),
    ].map(([, name]) => name);
    const asked = [...composeText.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
    expect([...new Set(asked)].filter((name) => !isVariable(name)).sort()).toEqual(made.sort());
  });

  it('has nodes, balancer and Prometheus speak of the same ports and paths', () => {
    const addresses = nodes.map(([name]) => `${name}:${PORT}`);
    for (const [, { expose }] of nodes) expect(expose).toEqual([PORT]);
    expect(compose.services.balancer?.environment?.PINROOM_NODES).toBe(addresses.join(' '));
    expect(caddyfile).toContain(`{$PINROOM_NODES:${addresses.join(' ')}}`);
    const [prometheus] = readYaml(readText('infra/observability/prometheus.yml')) as unknown as [
      {
        alerting: { alertmanagers: [{ static_configs: [{ targets: [string] }] }] };
        scrape_configs: [{ metrics_path: string; static_configs: [{ targets: string[] }] }];
      },
    ];
    const [{ static_configs: told }] = prometheus.alerting.alertmanagers;
    expect(told[0].targets).toEqual(['alertmanager:9093']);
    const [job] = prometheus.scrape_configs;
    expect(job.static_configs[0].targets).toEqual(addresses);
    const healthUri = /health_uri (\S+)/.exec(caddyfile)?.[1] ?? '';
    for (const route of [job.metrics_path, healthUri])
      expect([route, hasRoute(route)]).toEqual([route, true]);
    for (const [, name = ''] of caddyfile.matchAll(/\{\$(\w+)/g)) {
      expect(Object.keys(compose.services.balancer?.environment ?? {})).toContain(name);
    }
  });

  it('mounts files that are there, and names volumes and services that it has', () => {
    for (const [, { volumes = [], depends_on: on = [] }] of services) {
      for (const [from = ''] of volumes.map((volume) => volume.split(':'))) {
        const isThere = from.startsWith('./')
          ? existsSync(path.join(ROOT, from))
          : from in compose.volumes;
        expect([from, isThere]).toEqual([from, true]);
      }
      for (const name of Array.isArray(on) ? on : Object.keys(on))
        expect(compose.services).toHaveProperty(name);
    }
  });

  it('lets each service reach what it asks, and nobody but nodes what holds the data', () => {
    const of = (name: string) => compose.services[name]?.networks ?? [];
    const meet = (one: string, other: string) => of(one).some((net) => of(other).includes(net));
    const asked = [
      ['balancer', ...nodes.map(([name]) => name)],
      ['prometheus', ...nodes.map(([name]) => name), 'alertmanager'],
      ['grafana', 'prometheus'],
      ...nodes.map(([name]) => [name, 'redis', 'postgres']),
    ];
    for (const [from = '', ...others] of asked) {
      for (const to of others) expect([from, to, meet(from, to)]).toEqual([from, to, true]);
    }
    for (const [name, { networks, logging }] of services) {
      for (const net of networks) expect(compose.networks).toHaveProperty(net);
      // Or they grow until the disk is full.
      expect([name, logging]).toEqual([name, expect.objectContaining({ driver: 'json-file' })]);
      const isInside =
        nodes.some(([node]) => node === name) || ['redis', 'postgres'].includes(name);
      for (const store of ['redis', 'postgres']) {
        expect([name, store, meet(name, store)]).toEqual([name, store, isInside]);
      }
    }
  });

  it('leaves nodes more time to stop than they take', () => {
    for (const [, node] of nodes) {
      expect(Number.parseInt(node.stop_grace_period ?? '0', 10)).toBeGreaterThan(drainSeconds);
      expect(node.read_only).toBe('true');
    }
  });
});

it('the image runs what the build makes, as nobody special, and asks a path that there is', () => {
  const { main } = { main: /^CMD \["node", "(\S+)"\]$/m.exec(dockerfile)?.[1] ?? '' };
  expect(main.replace('/dist/', '/src/').replace(/js$/, 'ts')).toBe('server/src/main.ts');
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(new RegExp(`^EXPOSE ${PORT}$`, 'm'));
  const route = /HEALTHCHECK[\s\S]*?\+ '(\/\w+)'/.exec(dockerfile)?.[1] ?? '';
  expect([route, hasRoute(route)]).toEqual([route, true]);
});

it('the unit of systemd starts what the package has, and leaves it time to stop', () => {
  const unit = readText('infra/systemd/pinroom.service');
  expect(unit).toMatch(/^ExecStart=\S+\/node_modules\/\.bin\/pinroom start$/m);
  expect(JSON.parse(readText('server/package.json'))).toHaveProperty('bin.pinroom');
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(drainSeconds);
  const given = [...unit.matchAll(/^Environment=(\w+)=/gm)].map(([, name = '']) => name);
  // Node's own, which has a node warn of what is not for the public.
  expect(given.filter((name) => !isVariable(name))).toEqual(['NODE_ENV']);
});

interface Manifest {
  readonly kind: string;
  readonly stringData?: object;
  readonly spec?: {
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: string;
        readonly initContainers: [Container];
        readonly containers: [Container];
      };
    };
  };
}
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly image: string;
  readonly command?: string[];
  readonly env: { readonly name: string; readonly value: string }[];
  readonly ports: { readonly name: string; readonly containerPort: string }[];
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: string[] } } };
}

it('the manifest for Kubernetes gives variables, ports, paths and times that fit the server', () => {
  const read = (name: string) =>
    readYaml(readText(`infra/kubernetes/${name}.yaml`)) as unknown as Manifest[];
  const all = read('pinroom');
  const [secret, ...others] = read('secret');
  expect(all.map(({ kind }) => kind)).toEqual(['Deployment', 'PodDisruptionBudget', 'Service']);
  // Applied with the rest it would be made empty again.
  expect([secret?.kind, others]).toEqual(['Secret', []]);
  const pod = all[0]?.spec?.template.spec;
  if (!pod) throw new Error('no pod');
  const [container] = pod.containers;
  const given = [
    ...Object.keys(secret?.stringData ?? {}),
    ...container.env.map(({ name }) => name),
  ];
  expect(given.filter((name) => !isVariable(name))).toEqual([]);
  // No probe ends what brings the tables forward.
  const [first] = pod.initContainers;
  expect([first.image, first.command?.at(-1)]).toEqual([container.image, 'migrate']);
  expect(existsSync(path.join(ROOT, first.command?.[1] ?? ''))).toBe(true);
  expect(container.ports).toEqual([{ name: 'http', containerPort: PORT }]);
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
    const { path: route, port } = container[probe].httpGet;
    expect([probe, port, hasRoute(route)]).toEqual([probe, 'http', true]);
  }
  const drain = container.env.find(({ name }) => name === 'PINROOM_DRAIN_SECONDS')?.value;
  const waits = Number(container.lifecycle.preStop.exec.command[1]) + Number(drain);
  expect(Number(pod.terminationGracePeriodSeconds)).toBeGreaterThan(waits);
});

it('the dashboard asks the source that is set up beside it', () => {
  const folder = 'infra/observability/grafana';
  const [sources] = readYaml(
    readText(`${folder}/provisioning/datasources/prometheus.yml`),
  ) as unknown as [{ datasources: [{ uid: string }] }];
  const asked = readText(`${folder}/dashboards/pinroom.json`).matchAll(
    /"type": "prometheus",\s*"uid": "([^"]+)"/g,
  );
  expect([...new Set([...asked].map(([, uid]) => uid))]).toEqual([sources.datasources[0].uid]);
});
