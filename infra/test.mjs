// `npm test`: every test, each fault no longer than its mechanism needs. Arguments go to vitest:
// `npm test -- server/test/e2e`.

import { runTests } from './run-tests.mjs';

await runTests(process.argv.slice(2), 18 * 60_000);
