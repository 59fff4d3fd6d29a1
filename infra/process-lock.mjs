import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The holder touches its file this often. */
const BEAT_MS = 2_000;
/** Without a touch for this long the holder is taken for dead, on whichever machine it was. */
const SILENCE_MS = 60_000;
const POLL_MS = 100;

/**
 * Runs `work` while no other process is in the same lock. Waits for at most `waitMs`. A lock whose
 * holder is dead is removed.
 */
export async function withLock(file, waitMs, work) {
  mkdirSync(path.dirname(file), { recursive: true });
  await acquire(file, waitMs);
  const beat = setInterval(() => {
    const now = new Date();
    utimesSync(file, now, now);
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(file, { force: true });
  }
}

async function acquire(file, waitMs) {
  const deadline = Date.now() + waitMs;
  let told = false;
  while (!create(file)) {
    if (isStale(file)) {
      removeStale(file);
      continue;
    }
    if (!told) {
      console.log(`waiting for another process that installs or builds (${file})`);
      told = true;
    }
    if (Date.now() > deadline) throw new Error(`Gave up waiting for ${file}.`);
    await delay(POLL_MS);
  }
}

function create(file) {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, JSON.stringify({ host: hostname(), pid: process.pid }));
    closeSync(handle);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isStale(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs > SILENCE_MS) return true;
    const holder = JSON.parse(readFileSync(file, 'utf8'));
    return holder.host === hostname() && !isAlive(holder.pid);
  } catch {
    // Gone by now, or not yet written to its end: the next look decides.
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

/**
 * Two processes may find the same dead holder. The second must not remove the lock that the first
 * has taken since, so looking again and removing happen inside a lock of their own.
 */
function removeStale(file) {
  const breaking = `${file}.breaking`;
  if (!create(breaking)) {
    if (isStale(breaking)) rmSync(breaking, { force: true });
    return;
  }
  try {
    if (isStale(file)) rmSync(file, { force: true });
  } finally {
    rmSync(breaking, { force: true });
  }
}
