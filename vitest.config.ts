import { transform } from 'esbuild';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Vite's own compiler leaves decorators as they are, which Node cannot run; esbuild lowers them. */
const lowerDecorators = {
  name: 'lower-decorators',
  enforce: 'pre' as const,
  async transform(code: string, id: string) {
    const [file = id] = id.split('?');
    if (!file.endsWith('.ts') || file.includes('/node_modules/')) return null;
    const lowered = await transform(code, {
      loader: 'ts',
      target: 'es2022',
      sourcemap: 'external',
      sourcefile: file,
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    });
    return { code: lowered.code, map: lowered.map };
  },
};

/** What every project has; forks, because tests use signals and their own processes. */
const shared = { pool: 'forks' as const, restoreMocks: true, allowOnly: false };

/** End-to-end tests that wait for most of their time. */
const patient = [
  'cluster',
  'grace',
  'half-open',
  'key-rotation',
  'new-pin',
  'ops',
  'pin-opening',
  'quiet-room',
  'revoked',
  'room-life',
  'session-expiry',
  'start-refused',
].map((name) => `server/test/e2e/${name}.e2e.test.ts`);

/** What takes every core that there is. */
const alone = ['server/test/fault/stampede.fault.test.ts'];

/**
 * The embedded archive is WebAssembly, and a test over before V8's optimising compiler has earned what it
 * costs. `spawn-node.ts` says the same to nodes.
 */
const LIFTOFF = '--liftoff-only';

/** On a Redis Cluster each file starts some servers more. */
const patience = process.env.PINROOM_TEST_REDIS === 'cluster' ? 2 : 1;
/** Faults at full length take minutes, not seconds. */
const faultMs = Number(process.env.PINROOM_FAULT_SECONDS ?? 0) * 1_000;
/**
 * Tests that wait for most of their time (for a lease, a grace, an outage) do so beside each other. At full
 * length a fault has a machine to itself: what piles up meanwhile is worked off at once.
 */
const WAITING = ['controls', 'fault', 'patient'];
const WAITING_WORKERS = 4;

/** Of those that wait, a file of each project in turn: a fault has three nodes under load, the others hardly any. */
class InTurn extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rows = WAITING.map((name) => sorted.filter(({ project }) => project.name === name));
    const longest = Math.max(...rows.map(({ length }) => length));
    const inTurn = Array.from({ length: longest }, (_, n) => rows.flatMap((row) => row[n] ?? []));
    return [...sorted.filter(({ project }) => !WAITING.includes(project.name)), ...inTurn.flat()];
  }
}

/** Set by `npm run test:soak` alone: then nothing else runs. */
const soakMs = Number(process.env.PINROOM_SOAK_MINUTES ?? 0) * 60_000;

export default defineConfig({
  plugins: [lowerDecorators],
  test: {
    teardownTimeout: 20_000,
    sequence: { sequencer: InTurn },
    coverage: {
      provider: 'v8',
      include: ['server/src/**', 'shared/src/**'],
      reporter: ['text'],
    },
    // Groups run one after the other: quick answers first, and no load beside tests of time.
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'unit',
          include: [
            '{shared,server,server/web,load-tests}/src/**/*.test.ts',
            'server/test/simulation/**/*.test.ts',
          ],
          setupFiles: ['server/test/support/block-network.ts', 'server/test/support/own-world.ts'],
          // A process for each file costs three times what they do.
          isolate: false,
          testTimeout: 5_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'meta',
          include: ['server/test/meta/**/*.test.ts'],
          testTimeout: 10_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'contracts',
          include: ['server/test/contracts/**/*.contract.test.ts'],
          execArgv: [LIFTOFF],
          testTimeout: patience * 20_000,
          hookTimeout: patience * 30_000,
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'e2e',
          include: ['server/test/e2e/**/*.e2e.test.ts'],
          exclude: patient,
          testTimeout: patience * 30_000,
          hookTimeout: 60_000,
          // Each file starts several node processes, which wait for each other much of the time.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'browser',
          include: ['server/test/browser/**/*.browser.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'patient',
          include: patient,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: WAITING_WORKERS,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'controls',
          include: ['server/test/fault/**/*.controls.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 60_000,
          maxWorkers: WAITING_WORKERS,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'fault',
          include: ['server/test/fault/**/*.fault.test.ts'],
          exclude: alone,
          testTimeout: patience * 90_000 + 4 * faultMs,
          hookTimeout: 120_000,
          ...(faultMs > 0
            ? { maxWorkers: 1, sequence: { groupOrder: 4 } }
            : { maxWorkers: WAITING_WORKERS, sequence: { groupOrder: 3 } }),
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'alone',
          include: alone,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 5 },
        },
      },
      ...(soakMs > 0 ? [soak()] : []),
    ],
  },
});

function soak() {
  return {
    extends: true as const,
    test: {
      ...shared,
      name: 'soak',
      include: ['server/test/fault/**/*.soak.test.ts'],
      testTimeout: soakMs + 300_000,
      hookTimeout: 60_000,
      maxWorkers: 1,
      sequence: { groupOrder: 6 },
    },
  };
}
