import { build, isBuilt } from './build.mjs';
import { install, isInstalled } from './install.mjs';
import { withLock } from './process-lock.mjs';
import { cacheFolder } from './repository.mjs';

/** Longer than the slowest installation that is still worth waiting for. */
const WAIT_FOR_ANOTHER_MS = 10 * 60_000;

/**
 * Installs and builds if need be, one process at a time. Answers the exit status.
 * Nothing is written, and no lock taken, when all is up to date.
 */
export async function makeReady() {
  try {
    if (isInstalled() && isBuilt()) return 0;
    await withLock(cacheFolder('bootstrap.lock'), WAIT_FOR_ANOTHER_MS, async () => {
      if (!isInstalled()) await timed('npm ci', install);
      if (!isBuilt()) await timed('build', build);
    });
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

async function timed(label, step) {
  const start = performance.now();
  await step();
  console.log(`${label}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
