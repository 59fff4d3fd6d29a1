import { memoryDriver } from './memory-driver.js';
import { redisDriver } from './redis-driver.js';
import type { StoreDriver } from './store-driver.js';

/** Every driver of the store ports; each suite of this folder runs on all of them. */
export const STORE_DRIVERS: readonly StoreDriver[] = [memoryDriver, redisDriver];
