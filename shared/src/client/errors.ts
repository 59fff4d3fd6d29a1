import { CODES, type ErrorCode, type WireError } from '../codes.js';

/** What can go wrong without an answer of the server. */
export const LOCAL_CODES = {
  offline: { retry: true, meaning: 'There is no connection at the moment.' },
  timeout: {
    retry: true,
    meaning: 'No answer came in time; whether it was carried out is unknown.',
  },
  queue_full: { retry: false, meaning: 'Too many messages wait to be sent.' },
  stopped: {
    retry: false,
    meaning: 'The client was stopped, or the caller gave the request up.',
  },
  protocol_mismatch: {
    retry: false,
    meaning: 'The server speaks another version of the protocol.',
  },
} as const;

export type ClientErrorCode = ErrorCode | keyof typeof LOCAL_CODES;

/** Every error that the library gives. The code is the contract, the message is for people. */
export class PinroomError extends Error {
  override readonly name = 'PinroomError';
  readonly code: ClientErrorCode;
  /** When the next attempt is welcome. */
  readonly retryAfterMs: number | undefined;
  /** With `nickname_taken`: a nickname that was free a moment ago. */
  readonly suggestion: string | undefined;

  constructor(code: ClientErrorCode, message?: string, retryAfterMs?: number, suggestion?: string) {
    super(message ?? rowOf(code).meaning);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.suggestion = suggestion;
  }

  /** Whether the same request may succeed later without any change by the caller. */
  get retry(): boolean {
    return rowOf(this.code).retry;
  }
}

/** Codes that say nothing about the request: asking again is the right answer to them. */
const TRANSIENT: ReadonlySet<ClientErrorCode> = new Set<ClientErrorCode>([
  'offline',
  'timeout',
  'unavailable',
  'draining',
  'internal',
  'rate_limited',
]);

export function isTransient(error: PinroomError): boolean {
  return TRANSIENT.has(error.code);
}

/** The error of an answer; an answer that is none becomes `internal`. */
export function fromWire(error: unknown): PinroomError {
  if (typeof error === 'object' && error !== null && 'code' in error) {
    const { code, message, retryAfterMs, suggestion } = error as Partial<WireError>;
    if (typeof code === 'string' && Object.hasOwn(CODES, code)) {
      return new PinroomError(
        code,
        typeof message === 'string' ? message : undefined,
        typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : undefined,
        typeof suggestion === 'string' ? suggestion : undefined,
      );
    }
  }
  return new PinroomError('internal', 'The server gave an answer that cannot be read.');
}

export function toPinroomError(fault: unknown): PinroomError {
  if (fault instanceof PinroomError) return fault;
  return new PinroomError('internal', fault instanceof Error ? fault.message : String(fault));
}

function rowOf(code: ClientErrorCode): { retry: boolean; meaning: string } {
  return Object.hasOwn(CODES, code)
    ? CODES[code as ErrorCode]
    : LOCAL_CODES[code as keyof typeof LOCAL_CODES];
}
