import type { Metrics } from './metrics.js';

type Fields = { readonly [name: string]: unknown };

/** Where the engine writes what an operator should know. Never a token, cookie, key or passcode. */
export interface Logger {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** A log whose lines are counted by their level, those from before there were metrics too. */
export interface CountedLogger extends Logger {
  countInto(metrics: Pick<Metrics, 'count'>): void;
}

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
