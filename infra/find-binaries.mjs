import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fetchDebianPackages } from './debian-packages.mjs';

/** `#!lua flags=…` and sharded channels need 7, `ON CONFLICT` and `DROP … WITH (FORCE)` need 13. */
const OLDEST = { redis: 7, postgres: 13 };
const USUAL_PLACES = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
];

const HOW_TO_INSTALL = `
The tests need redis-server (7 or newer) and PostgreSQL (13 or newer; initdb and postgres).
  Debian, Ubuntu   apt-get install redis-server postgresql
  Fedora           dnf install redis postgresql-server
  macOS            brew install redis postgresql@17
Or set TEST_REDIS_URL and TEST_DATABASE_URL to servers that may be written to (both of them).`;

/** Thrown when a service is neither on the machine nor could be fetched. */
export class ServiceMissing extends Error {}

/** Where the binaries are: `{redisServer, initdb, postgres, environment}`. */
export function findBinaries() {
  const found = look([]);
  if (found.missing.length > 0) throw missing(found);
  return found;
}

/**
 * Makes sure that the binaries are there. On Debian what is missing is fetched into the folder that
 * `makeFolder` gives; nothing is installed, so no service of the system is started or changed.
 * Answers the environment in which `findBinaries` finds them.
 */
export async function provideBinaries(makeFolder) {
  const here = look([]);
  if (here.missing.length === 0) return here.environment;
  const fetched = await fetchDebianPackages(here.missing, makeFolder());
  const found = look(fetched ? [fetched] : []);
  if (found.missing.length > 0) throw missing(found);
  const folders = [path.dirname(found.redisServer), path.dirname(found.postgres)];
  return {
    ...found.environment,
    PATH: [process.env.PATH ?? '', ...folders].join(path.delimiter),
  };
}

function missing(found) {
  return new ServiceMissing(`Not found: ${found.missing.join(', ')}.${HOW_TO_INSTALL}`);
}

function look(extraRoots) {
  const environment = libraryPath(extraRoots);
  const inPath = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const simple = [
    ...inPath,
    ...USUAL_PLACES,
    ...extraRoots.map((root) => path.join(root, 'usr/bin')),
  ];
  const redisServer = simple
    .map((place) => path.join(place, 'redis-server'))
    .find((file) => isNewEnough(file, OLDEST.redis, environment));
  const postgresFolder = [...simple, ...versioned(['/', ...extraRoots])].find(
    (place) =>
      isExecutable(path.join(place, 'initdb')) &&
      isNewEnough(path.join(place, 'postgres'), OLDEST.postgres, environment),
  );
  return {
    redisServer,
    initdb: postgresFolder && path.join(postgresFolder, 'initdb'),
    postgres: postgresFolder && path.join(postgresFolder, 'postgres'),
    environment,
    missing: [...(redisServer ? [] : ['redis-server']), ...(postgresFolder ? [] : ['postgresql'])],
  };
}

/** Folders that hold one version each, newest first. */
function versioned(roots) {
  const places = [];
  for (const root of roots) {
    const parent = path.join(root, 'usr/lib/postgresql');
    if (!existsSync(parent)) continue;
    const versions = readdirSync(parent).sort((a, b) => Number(b) - Number(a));
    places.push(...versions.map((version) => path.join(parent, version, 'bin')));
  }
  return [...places, '/usr/local/pgsql/bin', '/usr/pgsql/bin'];
}

function libraryPath(roots) {
  const folders = roots.flatMap((root) => {
    const parent = path.join(root, 'usr/lib');
    if (!existsSync(parent)) return [];
    const triplets = readdirSync(parent).filter((name) => name.endsWith('-linux-gnu'));
    return [parent, ...triplets.map((name) => path.join(parent, name))];
  });
  const before = process.env.LD_LIBRARY_PATH;
  const all = [...folders, ...(before ? [before] : [])];
  return all.length > 0 ? { LD_LIBRARY_PATH: all.join(':') } : {};
}

/** Whether this user may run the file. */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isNewEnough(file, oldest, environment) {
  if (!isExecutable(file)) return false;
  const { stdout } = spawnSync(file, ['--version'], {
    encoding: 'utf8',
    timeout: 10_000,
    env: { ...process.env, ...environment },
  });
  const version = /(?:v=|PostgreSQL\) |v )(\d+)/.exec(stdout ?? '')?.[1];
  return version !== undefined && Number(version) >= oldest;
}
