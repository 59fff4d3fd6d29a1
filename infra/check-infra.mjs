// `npm run check:infra`: asks the programs themselves whether the files of infra/ are what they read.
// promtool, amtool and Caddy are fetched with apt-get into a temporary folder where they are not installed (Debian
// as root or not; nothing is installed). Needs no container engine; the image, docker-compose.yml and the manifest are
// looked at by `server/test/meta/infra.test.ts` alone.

import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetchDebianPackages } from './debian-packages.mjs';
import { provideBinaries } from './find-binaries.mjs';
import { serviceFolder } from './service-user.mjs';
import { startPostgres, startRedis } from './services.mjs';

const HERE = import.meta.dirname;
const OBSERVABILITY = path.join(HERE, 'observability');
const CADDYFILE = path.join(HERE, 'balancer/Caddyfile');
/** Which package of Debian has what. */
const PACKAGES = { promtool: 'prometheus', amtool: 'prometheus-alertmanager', caddy: 'caddy' };

const { folder, remove } = serviceFolder('infra');
try {
  Object.assign(process.env, await provideBinaries(() => path.join(folder, 'services')));
  const tools = await provideTools();
  checkPrometheus(tools.promtool);
  run(tools.amtool, ['check-config', path.join(OBSERVABILITY, 'alertmanager.yml')]);
  checkCaddy(tools.caddy);
  await checkRedis();
  await checkPostgres();
  console.log('all files of infra/ are read by what they are for');
} catch (fault) {
  console.error(fault.message);
  process.exitCode = 1;
} finally {
  remove();
}

async function provideTools() {
  const isHere = (tool) => spawnSync(tool, ['--version']).error === undefined;
  const missing = Object.keys(PACKAGES).filter((tool) => !isHere(tool));
  const tools = Object.fromEntries(Object.keys(PACKAGES).map((tool) => [tool, tool]));
  if (missing.length === 0) return tools;
  const names = missing.map((tool) => PACKAGES[tool]);
  const fetched = await fetchDebianPackages(names, path.join(folder, 'tools'));
  if (!fetched) throw new Error(`Install ${missing.join(' and ')}: they could not be fetched.`);
  for (const tool of missing) tools[tool] = path.join(fetched, 'usr/bin', tool);
  return tools;
}

function checkPrometheus(promtool) {
  // The token is there in a container only.
  const copy = path.join(folder, 'observability');
  cpSync(OBSERVABILITY, copy, { recursive: true });
  const config = path.join(copy, 'prometheus.yml');
  const token = path.join(folder, 'operator_token');
  writeFileSync(token, 'token');
  const text = readFileSync(config, 'utf8');
  writeFileSync(config, text.replace('/run/secrets/operator_token', token));
  run(promtool, ['check', 'config', config]);
  run(promtool, ['check', 'rules', path.join(copy, 'alerts.yml')]);
  run(promtool, ['test', 'rules', path.join(copy, 'alerts.test.yml')]);
}

function checkCaddy(caddy) {
  const home = { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  run(caddy, ['validate', '--adapter', 'caddyfile', '--config', CADDYFILE], home);
  run(caddy, ['fmt', '--diff', CADDYFILE]);
}

/** A Redis that starts with these settings has read them. */
async function checkRedis() {
  const redis = await startRedis({ settings: settingsOf('redis/redis.conf', /^(\S+) (.*)$/) });
  await redis.stop();
  console.log('ok  redis-server with infra/redis/redis.conf');
}

async function checkPostgres() {
  const settings = settingsOf('postgres/postgresql.conf', /^(\w+) = '?([^']*)'?$/);
  // Not for the net to reach while it is looked at.
  const postgres = await startPostgres({
    settings: { ...settings, listen_addresses: '127.0.0.1' },
  });
  await postgres.stop();
  console.log('ok  postgres with infra/postgres/postgresql.conf');
}

function settingsOf(file, pattern) {
  const lines = readFileSync(path.join(HERE, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = pattern.exec(line) ?? [];
      if (name === undefined) throw new Error(`${file}: cannot read ${line}`);
      return [name, value === '""' ? '' : value];
    }),
  );
}

function run(command, args, environment = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    timeout: 60_000,
  });
  const said = `${path.basename(command)} ${args.slice(0, 2).join(' ')}`;
  if (status !== 0) throw new Error(`${said}: ${error?.message ?? `${stdout}${stderr}`}`);
  console.log(`ok  ${said}`);
}
