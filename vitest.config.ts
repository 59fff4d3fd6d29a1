import { transform } from 'esbuild';
import { defineConfig } from 'vitest/config';

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

/** End-to-end tests that wait for most of their time: they run beside each other. */
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

/** On a Redis Cluster each file starts some servers more. */
const patience = process.env.PINROOM_TEST_REDIS === 'cluster' ? 2 : 1;
/** Faults at full length take minutes, not seconds. */
const faultMs = Number(process.env.PINROOM_FAULT_SECONDS ?? 0) * 1_000;
/** Set by `npm run test:soak` alone: then nothing else runs. */
const soakMs = Number(process.env.PINROOM_SOAK_MINUTES ?? 0) * 60_000;

export default defineConfig({
  plugins: [lowerDecorators],
  test: {
    teardownTimeout: 20_000,
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
          setupFiles: ['server/test/support/block-network.ts'],
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
          testTimeout: patience * 20_000,
          hookTimeout: patience * 30_000,
          maxWorkers: 3,
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
          maxWorkers: 4,
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
          // Small houses, which wait for their faults most of the time.
          maxWorkers: 4,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'fault',
          include: ['server/test/fault/**/*.fault.test.ts'],
          testTimeout: patience * 90_000 + 4 * faultMs,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
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
      sequence: { groupOrder: 5 },
    },
  };
}
