// `npm run test:long`: the fault tests with outages of a minute and more. Arguments go to vitest.

import { runTests } from './run-tests.mjs';

process.env.PINROOM_FAULT_SECONDS ??= '60';
await runTests(['--project', 'fault', ...process.argv.slice(2)], 120 * 60_000);
