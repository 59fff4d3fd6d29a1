import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { guardFolder } from '../../../infra/left-behind.mjs';
import { npmCommand } from '../../../infra/npm-command.mjs';
import { ROOT, readText } from '../meta/source-files.js';
import { afterFile } from './after-file.js';

const run = promisify(execFile);
const PACK_MS = 30_000;
/** From the cache it takes seconds; where that is empty everything comes over the network. */
const INSTALL_MS = 120_000;
/** For the hook that does it: beyond its own deadlines, which say more. */
export const PACK_AND_INSTALL_MS = PACK_MS + INSTALL_MS + 10_000;

/** A project of somebody who has installed the packages, and nothing else. */
export interface Project {
  readonly folder: string;
  /** What would be published, by the name of the package. */
  readonly tarballs: Readonly<Record<string, string>>;
}

interface Locked {
  readonly name?: string;
  readonly version?: string;
  readonly link?: boolean;
}

/** Packs both packages and installs them, as `npm publish` and `npm install` would; gone with the test file. */
export async function installPackages(): Promise<Project> {
  const place = mkdtempSync(path.join(tmpdir(), 'pinroom-packages-'));
  const forget = guardFolder(place);
  afterFile(() => {
    rmSync(place, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    forget();
  });
  const tarballs = await pack(place);
  const folder = path.join(place, 'project');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "project", "private": true }');
  const registry = (await npm(['config', 'get', 'registry'], folder, PACK_MS)).trim();
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(lockfile(registry)));
  const options = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--fetch-retries=1'];
  await npm(['install', ...options, ...Object.values(tarballs)], folder, INSTALL_MS);
  return { folder, tarballs };
}

/** Without scripts: they would build anew, under the feet of other tests. */
async function pack(target: string): Promise<Record<string, string>> {
  const both = ['--workspace=shared', '--workspace=server', `--pack-destination=${target}`];
  const printed = await npm(['pack', ...both, '--ignore-scripts', '--json'], ROOT, PACK_MS);
  const packed = JSON.parse(printed) as { name: string; filename: string }[];
  return Object.fromEntries(
    packed.map(({ name, filename }) => [name, path.join(target, filename)]),
  );
}

/**
 * What the packages may take from the registry: the versions that all other tests run with. A new release of
 * one of them fails no test of today, and npm finds each in its cache by its hash.
 */
function lockfile(registry: string): object {
  const { packages } = JSON.parse(readText('package-lock.json')) as {
    packages: Record<string, Locked>;
  };
  const kept = Object.entries(packages)
    .filter(([place, { link }]) => place.startsWith('node_modules/') && !link)
    .map(([place, entry]) => [place, { ...entry, resolved: addressOf(registry, place, entry) }]);
  return { lockfileVersion: 3, requires: true, packages: Object.fromEntries(kept) };
}

function addressOf(registry: string, place: string, { name, version }: Locked): string {
  const full = name ?? place.split('node_modules/').at(-1) ?? '';
  const file = `${full}/-/${path.posix.basename(full)}-${version}.tgz`;
  return `${registry.replace(/\/$/, '')}/${file}`;
}

async function npm(words: readonly string[], cwd: string, timeout: number): Promise<string> {
  const { command, args, options } = npmCommand(words);
  try {
    return (await run(command, args, { ...options, cwd, timeout })).stdout;
  } catch (cause) {
    const { stderr = '', killed = false } = cause as { stderr?: string; killed?: boolean };
    const why = killed ? `was not done within ${timeout / 1_000} s` : 'failed';
    throw new Error(`npm ${words.join(' ')} ${why}:\n${stderr}`, { cause });
  }
}
