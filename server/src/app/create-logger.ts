import { hostname } from 'node:os';
import type { Config } from '../config/config.js';
import { PinoLogger } from '../drivers/telemetry/pino-logger.js';
import type { CountedLogger } from '../engine/runtime/logger.js';

/** The log of this process. Each line names it as `/api/ops/nodes` does: lines of several come together. */
export function createLogger(config: Config, worker: number | null): CountedLogger {
  return new PinoLogger({
    level: config.logLevel,
    base: { host: hostname(), pid: process.pid, ...(worker === null ? {} : { worker }) },
  });
}
