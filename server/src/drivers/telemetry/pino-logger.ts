import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { CountedLogger } from '../../engine/runtime/logger.js';
import type { Metrics } from '../../engine/runtime/metrics.js';
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
export class PinoLogger implements CountedLogger {
  readonly #pino: Pino;
  /** What was written before there were metrics. */
  readonly #before = { warn: 0, error: 0 };
  #metrics: Pick<Metrics, 'count'> | null = null;

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

  countInto(metrics: Pick<Metrics, 'count'>): void {
    this.#metrics = metrics;
    for (const level of ['warn', 'error'] as const) this.#count(level, this.#before[level]);
  }

  debug(fields: Fields, message: string): void {
    this.#pino.debug(fields, cutText(message));
  }

  info(fields: Fields, message: string): void {
    this.#pino.info(fields, cutText(message));
  }

  warn(fields: Fields, message: string): void {
    this.#count('warn');
    this.#pino.warn(fields, cutText(message));
  }

  error(fields: Fields, message: string): void {
    this.#count('error');
    this.#pino.error(fields, cutText(message));
  }

  /** Of the others there may be too many, and nobody has to do anything about them. */
  #count(level: 'warn' | 'error', by = 1): void {
    if (this.#metrics) this.#metrics.count('pinroom_log_lines_total', { level }, by);
    else this.#before[level] += by;
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
