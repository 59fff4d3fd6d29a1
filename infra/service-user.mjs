import { chownSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { guardFolder } from './left-behind.mjs';

/** `nobody` where /etc/passwd does not say. */
const NOBODY = { uid: 65534, gid: 65534 };

/**
 * As whom the services run: PostgreSQL refuses root, so root hands over to the user `postgres` or
 * `nobody`. Undefined: as ourselves.
 */
export function serviceUser() {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid) return { uid: Number(uid), gid: Number(gid) };
  }
  return NOBODY;
}

/** A new temporary folder that the services' user owns, and how to remove it. */
export function serviceFolder(label) {
  const user = serviceUser();
  const base = [tmpdir(), '/tmp', '/var/tmp'].find((folder) => isReachable(folder, user));
  if (!base) throw new Error('No temporary folder that other users can reach was found.');
  const folder = mkdtempSync(path.join(base, `pinroom-${label}-`));
  if (user) chownSync(folder, user.uid, user.gid);
  const forget = guardFolder(folder);
  return {
    folder,
    remove() {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      forget();
    },
  };
}

/** Whether every folder on the way lets other users through. */
function isReachable(folder, user) {
  if (!user) return true;
  try {
    if ((statSync(folder).mode & 0o001) === 0) return false;
  } catch {
    return false;
  }
  const parent = path.dirname(folder);
  return parent === folder || isReachable(parent, user);
}
