import { afterAll, afterEach, beforeAll } from 'vitest';
import type { StoreBackend, StoreDriver, StoreOptions, Stores } from './store-driver.js';

/**
 * Starts the driver for a suite and answers how a test opens empty stores; what it opened is
 * closed behind it.
 */
export function useStores(
  driver: StoreDriver,
): (options?: Partial<StoreOptions>) => Promise<Stores> {
  let backend: StoreBackend | undefined;
  const opened: Stores[] = [];

  beforeAll(async () => {
    backend = await driver.start();
  }, 30_000);
  afterEach(async () => {
    for (const stores of opened.splice(0)) await stores[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    await backend?.[Symbol.asyncDispose]();
  });

  return async (options) => {
    if (!backend) throw new Error('the driver was not started');
    const stores = await backend.open(options);
    opened.push(stores);
    return stores;
  };
}
