import { AppError, unavailable } from '../../engine/runtime/app-error.js';

/** Replies with which Redis says that it cannot work right now. */
const TRANSIENT =
  /^(OOM|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|MISCONF|NOREPLICAS|MOVED|ASK|NOAUTH|UNBLOCKED)\b/;
/** What ioredis says of a command that was not answered within its time. */
const TIMED_OUT = 'Command timed out';

/** How Redis goes on where it does not know a command. */
const QUOTED_ARGUMENTS = /,? with args beginning with:.*/s;

/** A fault without the command's arguments, which ioredis attaches and which may be secrets. */
class RedisFault extends Error {
  constructor(fault: unknown) {
    super(messageOf(fault).replace(QUOTED_ARGUMENTS, ''));
    this.name = fault instanceof Error ? fault.name : 'RedisFault';
  }
}

/** Whether Redis refused to write because its memory is full. */
export function isOutOfMemory(fault: unknown): boolean {
  return /(^|\s)OOM\b/.test(messageOf(fault instanceof Error ? (fault.cause ?? fault) : fault));
}

/**
 * Whether Redis failed to answer and that was known at once: a lost connection, a server that loads
 * or is not the master any more. Who was not answered for a second has no time left to ask again.
 */
export function isQuickFault(fault: unknown): boolean {
  if (!(fault instanceof AppError && fault.code === 'unavailable')) return false;
  return fault.cause instanceof RedisFault && fault.cause.message !== TIMED_OUT;
}

/**
 * What a failed command means to the engine: `unavailable` when Redis did not answer, not in time
 * or not now (whether it did the work is unknown); a fault in the command itself stays one.
 */
export function toRedisFault(fault: unknown): AppError | Error {
  const clean = new RedisFault(fault);
  const isReply = fault instanceof Error && fault.name === 'ReplyError';
  return isReply && !TRANSIENT.test(clean.message) ? clean : unavailable('Redis', clean);
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
