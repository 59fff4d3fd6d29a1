import type { RedisCalls } from './redis-calls.js';
import type { RedisScripts } from './scripts.js';

/** What the drivers take of the connections. */
export interface RedisAccess {
  readonly calls: RedisCalls;
  readonly scripts: RedisScripts;
}
