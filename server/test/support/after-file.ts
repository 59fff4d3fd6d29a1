import { afterAll } from 'vitest';

type Cleanup = () => void | Promise<void>;

/** Newest last. A test file has its own instance of this module. */
const cleanups: Cleanup[] = [];

/** Has this run when the test file is over, failed or not; the newest first. */
export function afterFile(cleanup: Cleanup): void {
  cleanups.push(cleanup);
}

afterAll(async () => {
  const failures: unknown[] = [];
  for (const cleanup of cleanups.splice(0).reverse()) {
    try {
      await cleanup();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Cleaning up failed.');
}, 60_000);
