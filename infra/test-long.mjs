// `npm run test:long`: the fault tests with outages of a minute and more, and then all that needs Redis on a
// Cluster of three masters. Arguments go to vitest.

import { runTests } from './run-tests.mjs';

const ON_CLUSTER = ['contracts', 'e2e', 'patient', 'fault', 'alone'];

process.env.PINROOM_FAULT_SECONDS ??= '60';
const args = process.argv.slice(2);
const goOn = await runTests(['--project', 'fault', '--project', 'alone', ...args], 120 * 60_000);
if (goOn) {
  process.env.PINROOM_TEST_REDIS = 'cluster';
  const projects = ON_CLUSTER.flatMap((name) => ['--project', name]);
  await runTests([...projects, ...args], 120 * 60_000);
}
