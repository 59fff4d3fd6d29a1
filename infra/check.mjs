// `npm run check`: everything that CI runs. Format and lint, types, tests; all of them, even when
// an early one fails, and one total at the end.

import { makeReady } from './make-ready.mjs';
import { inRepository, root } from './repository.mjs';
import { runCommand } from './run-command.mjs';

const CHECKS = [
  ['format and lint', 'node_modules/@biomejs/biome/bin/biome', ['ci', '--colors=off', '.']],
  ['types', 'node_modules/typescript/bin/tsc', ['-b']],
  // Coarse figures; it fails where something was lost, repeated, out of order or refused.
  ['benchmarks', 'infra/bench.mjs', ['--quick']],
  // The model of sizes has to count what a small house counts.
  ['sizing', 'infra/sizing.mjs', ['--check', '--quick']],
];

const failed = [];
if ((await makeReady()) !== 0) {
  console.log('\n0 passed, 1 failed');
  process.exit(1);
}
for (const [label, script, args] of CHECKS) {
  console.log(`\n> ${label}`);
  const command = [inRepository(script), ...args];
  if ((await runCommand(process.execPath, command, { cwd: root })) !== 0) failed.push(label);
}
if (failed.length > 0) console.error(`\nfailed: ${failed.join(', ')}`);
process.exitCode = await runCommand('npm', ['test', ...process.argv.slice(2)], {
  cwd: root,
  env: {
    ...process.env,
    PINROOM_CHECKS_FAILED: `${failed.length}`,
    // npm's news would come after the total.
    npm_config_update_notifier: 'false',
  },
  shell: process.platform === 'win32',
});
