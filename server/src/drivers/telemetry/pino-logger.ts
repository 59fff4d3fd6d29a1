import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Logger } from '../../engine/runtime/logger.js';
import { cutText, withoutSecrets } from './log-redaction.js';

type Fields = { readonly [name: string]: unknown };

export interface PinoLoggerOptions {
  readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** Goes into every line. */
  readonly base?: Fields;
  /** Where lines go; standard output unless told. */
  readonly destination?: DestinationStream;
  /** For people instead of machines; on a terminal unless told. */
  readonly pretty?: boolean;
}

/** JSON lines on standard output, readable ones on a terminal; secrets are taken out of both. */
export class PinoLogger implements Logger {
  readonly #pino: Pino;

  constructor(options: PinoLoggerOptions) {
    const readable =
      options.pretty ?? (options.destination === undefined && process.stdout.isTTY === true);
    // Written at once: a process that dies must not take its last words with it.
    const target = options.destination ?? pino.destination({ dest: 1, sync: true });
    const destination = readable ? forPeople(target) : target;
    this.#pino = pino(
      {
        level: options.level,
        base: options.base ?? {},
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: {
          level: (label) => ({ level: label }),
          log: (fields) => withoutSecrets(fields),
        },
        // Errors are plain objects by then.
        serializers: { err: (value: unknown) => value },
      },
      destination,
    );
  }

  debug(fields: Fields, message: string): void {
    this.#pino.debug(fields, cutText(message));
  }

  info(fields: Fields, message: string): void {
    this.#pino.info(fields, cutText(message));
  }

  warn(fields: Fields, message: string): void {
    this.#pino.warn(fields, cutText(message));
  }

  error(fields: Fields, message: string): void {
    this.#pino.error(fields, cutText(message));
  }
}

function forPeople(target: DestinationStream): DestinationStream {
  const prettify = prettyFactory({
    colorize: process.stdout.isTTY === true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,host',
  });
  return { write: (line) => target.write(prettify(line) ?? line) };
}
