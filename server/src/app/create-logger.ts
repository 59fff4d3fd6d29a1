import type { Config } from '../config/config.js';
import { PinoLogger } from '../drivers/telemetry/pino-logger.js';
import type { Logger } from '../engine/runtime/logger.js';

/** The log of this process. */
export function createLogger(config: Config): Logger {
  return new PinoLogger({ level: config.logLevel });
}
