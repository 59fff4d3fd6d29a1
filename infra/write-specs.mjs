// `npm run specs`: writes what the code says into docs/ — openapi.json, asyncapi.json, and the transcripts
// in the pages, which are made from a real run. The tests that compare them do it.

import { runTests } from './run-tests.mjs';

process.env.PINROOM_WRITE_SPECS = '1';
await runTests(
  [
    'server/test/contracts/http/specifications.contract.test.ts',
    'server/test/e2e/transcripts.e2e.test.ts',
  ],
  5 * 60_000,
);
