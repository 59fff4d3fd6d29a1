import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { npmCommand } from './npm-command.mjs';
import { inRepository, root } from './repository.mjs';
import { runCommand } from './run-command.mjs';

const stampFile = inRepository('node_modules/.pinroom-installed');

/** Whether node_modules holds what the lockfile says, for this machine. */
export function isInstalled() {
  const lock = readPackages(inRepository('package-lock.json'));
  if (!lock) throw new Error('package-lock.json is missing or damaged.');
  const hidden = readPackages(inRepository('node_modules/.package-lock.json'));
  if (!hidden) return false;
  const needed = Object.entries(lock).filter(([place, entry]) => isNeeded(place, entry));
  if (!needed.every(([place]) => existsSync(inRepository(place, 'package.json')))) return false;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp()) return true;
  // Installed by other means (npm install): compare what npm noted down with what is wanted.
  const matches =
    existsSync(inRepository('node_modules/.bin/pinroom')) &&
    needed.every(([place, entry]) => entry.link || hidden[place]?.integrity === entry.integrity) &&
    Object.entries(lock).every(([place, entry]) => !isForThisMachine(entry) || hidden[place]);
  return matches;
}

/** `npm ci`, development dependencies included whatever NODE_ENV says: the build needs them. */
export async function install() {
  const { command, args, options } = npmCommand([
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  const status = await runCommand(command, args, { cwd: root, ...options });
  if (status !== 0) throw new Error(`npm ci failed with status ${status}.`);
  writeFileSync(stampFile, stamp());
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function isNeeded(place, entry) {
  return place.startsWith('node_modules/') && !entry.optional && !entry.devOptional && !entry.peer;
}

/** Optional packages are mostly binaries; those of this machine have to be there. */
function isForThisMachine(entry) {
  if (!entry.optional || !entry.os || !entry.cpu || entry.libc) return false;
  return entry.os.includes(process.platform) && entry.cpu.includes(process.arch);
}

function stamp() {
  const hash = createHash('sha256').update(readFileSync(inRepository('package-lock.json')));
  return `${hash.digest('hex')} ${process.platform} ${process.arch}\n`;
}
