// What the test commands share: starts the services, runs every runner, says in the last line what
// came of it.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { provideBinaries } from './find-binaries.mjs';
import { provideChromium } from './find-chromium.mjs';
import { provideArchive } from './prepared-archive.mjs';
import { cacheFolder, inRepository, root } from './repository.mjs';
import { END_SIGNALS, runCommand } from './run-command.mjs';
import { serviceFolder } from './service-user.mjs';
import { startPostgres, startRedis } from './services.mjs';

const closers = [];
let interrupted = false;

function interrupt() {
  interrupted = true;
}

/** Gives the tests what they need; servers that were given already are used as they are. */
async function provideServices() {
  Object.assign(
    process.env,
    await provideBinaries(() => {
      const { folder, remove } = serviceFolder('fetched');
      closers.push(remove);
      return folder;
    }),
  );
  process.env.TEST_CHROMIUM = await provideChromium();
  process.env.TEST_EMBEDDED_ARCHIVE ??= await provideArchive();
  const services = [
    ['TEST_REDIS_URL', startRedis],
    ['TEST_DATABASE_URL', startPostgres],
  ];
  for (const [variable, start] of services) {
    if (process.env[variable]) continue;
    const service = await start();
    process.env[variable] = service.url;
    closers.push(async () => {
      delete process.env[variable];
      await service.stop();
    });
  }
}

/** Runs vitest and counts. What failed without being a test (a file, an unhandled error) counts as one. */
async function runVitest(args, deadlineMs) {
  const report = cacheFolder('vitest-results.json');
  mkdirSync(cacheFolder(), { recursive: true });
  rmSync(report, { force: true });
  const status = await runCommand(
    process.execPath,
    [
      inRepository('node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    { cwd: root, env: { ...process.env, NODE_ENV: 'test' }, timeout: deadlineMs },
  );
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const {
    numPassedTests: passed,
    numFailedTests,
    testResults,
  } = JSON.parse(readFileSync(report, 'utf8'));
  const broken = testResults.filter(
    ({ status: outcome, assertionResults }) =>
      outcome === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = numFailedTests + broken.length;
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed };
}

async function runAll(args, deadlineMs) {
  // `npm run check` counts what failed before the tests here, so that there is one total.
  const total = { passed: 0, failed: Number(process.env.PINROOM_CHECKS_FAILED ?? 0) };
  try {
    await provideServices();
    if (interrupted) throw new Error('Interrupted.');
    const { passed, failed } = await runVitest(args, deadlineMs);
    total.passed += passed;
    total.failed += failed;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    total.failed += 1;
  } finally {
    for (const close of closers.splice(0).reverse()) await close();
  }
  return total;
}

/**
 * Runs vitest with these arguments beside Redis and PostgreSQL, prints `N passed, N failed` and sets
 * the exit status where it is bad; false: it was interrupted. A run that hangs is a failure, and says so after `deadlineMs`, before whoever waits
 * for it gives up.
 */
export async function runTests(args, deadlineMs) {
  for (const signal of END_SIGNALS) process.on(signal, interrupt);
  const { passed, failed } = await runAll(args, deadlineMs);
  console.log(`\n${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0 || interrupted) process.exitCode = 1;
  return !interrupted;
}
