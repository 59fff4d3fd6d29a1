// `npm run test:soak -- --minutes N [--seed S]`: random faults under load, the delivery check at the
// end. The seed is printed; the same one gives the same faults in the same order.

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runTests } from './run-tests.mjs';

/** For what stands around the run: start, healing, check. */
const AROUND_MS = 10 * 60_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '20' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? randomInt(2 ** 31));
if (!(minutes > 0 && minutes <= 24 * 60) || !Number.isSafeInteger(seed) || seed < 0) {
  console.error('Usage: npm run test:soak -- --minutes 20 [--seed 1], at most a day.');
  process.exitCode = 2;
} else {
  process.env.PINROOM_SOAK_MINUTES = `${minutes}`;
  process.env.PINROOM_SOAK_SEED = `${seed}`;
  console.log(`soak: ${minutes} minutes, seed ${seed}`);
  await runTests(['--project', 'soak'], minutes * 60_000 + AROUND_MS);
}
