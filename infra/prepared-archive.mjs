import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cacheFolder, inRepository } from './repository.mjs';
import { runCommand } from './run-command.mjs';

const PREFIX = 'embedded-archive-';
const built = (name) => inRepository('server/dist/drivers/postgres', `${name}.js`);
const firstStart = built('pglite-first-start-process');

/**
 * An embedded archive as a first start leaves it, made by the server's own first start and kept in the
 * cache: that computes for seconds, so tests whose subject it is not copy this one. Answers its folder.
 */
export async function provideArchive() {
  const name = PREFIX + fingerprint();
  const folder = cacheFolder(name);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheFolder(), { recursive: true });
  removeOthers(name);
  const unfinished = `${folder}.${process.pid}`;
  if ((await runCommand(process.execPath, [firstStart, unfinished])) !== 0) {
    throw new Error('The embedded archive for the tests could not be made.');
  }
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another run was quicker.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** Of all that decides what a first start leaves. */
function fingerprint() {
  const hash = createHash('sha256');
  const pglite = inRepository('node_modules/@electric-sql/pglite/package.json');
  for (const file of [pglite, firstStart, built('pglite-protocol')])
    hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** Those of other versions; another run may be making one of this version. */
function removeOthers(wanted) {
  for (const name of readdirSync(cacheFolder())) {
    if (!name.startsWith(PREFIX) || name.startsWith(wanted)) continue;
    rmSync(cacheFolder(name), { recursive: true, force: true });
  }
}
