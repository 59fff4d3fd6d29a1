import { CODES, type ErrorCode, type WireError } from '@pinroom/client/contract';

/** A fault that the caller is told by its code. The code is the contract, the message is for people. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** When a repetition is welcome, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;
  /** What could be asked for instead. */
  readonly suggestion: string | undefined;

  constructor(
    code: ErrorCode,
    message: string = CODES[code].meaning,
    options: { retryAfterMs?: number; suggestion?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.suggestion = options.suggestion;
  }

  toWire(): WireError {
    const { code, message, retryAfterMs, suggestion } = this;
    return {
      code,
      message,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(suggestion === undefined ? {} : { suggestion }),
    };
  }
}

/** A backend did not answer, or not in time: whether it did the work is unknown. */
export function unavailable(what: string, cause?: unknown): AppError {
  return new AppError('unavailable', `${what} does not answer right now.`, {
    retryAfterMs: 1_000,
    cause,
  });
}

/** What a caller is told of any fault; what is no AppError is `internal` and keeps its details. */
export function toWireError(fault: unknown): WireError {
  return fault instanceof AppError ? fault.toWire() : new AppError('internal').toWire();
}

/** For what cannot happen: a broken invariant is a bug, never an answer. */
export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${what}`);
}
