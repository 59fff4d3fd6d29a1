import { type AppError, unavailable } from '../../engine/runtime/app-error.js';

/** Replies with which Redis says that it cannot work right now. */
const TRANSIENT =
  /^(OOM|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|MISCONF|NOREPLICAS|MOVED|ASK|NOAUTH|UNBLOCKED)\b/;

/** A fault without the command's arguments, which ioredis attaches and which may be secrets. */
class RedisFault extends Error {
  constructor(fault: unknown) {
    super(messageOf(fault));
    this.name = fault instanceof Error ? fault.name : 'RedisFault';
  }
}

/** Whether Redis refused to write because its memory is full. */
export function isOutOfMemory(fault: unknown): boolean {
  return /(^|\s)OOM\b/.test(messageOf(fault instanceof Error ? (fault.cause ?? fault) : fault));
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
