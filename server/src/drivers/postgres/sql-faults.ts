import { RowsRefused } from '../../engine/runtime/rows-refused.js';

/** The database could not be asked, or did not answer in time: whether it did the work is unknown. */
export class ConnectionFault extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ConnectionFault';
  }
}

/** Too many queries wait already; this one was never sent. */
export class DatabaseBusy extends Error {
  constructor() {
    super('too many queries wait for the database');
    this.name = 'DatabaseBusy';
  }
}

/**
 * SQLSTATE classes of a server that is away or cannot work: connection, authorisation, catalog name
 * (the database is missing), resources, operator intervention (timeouts, shutdown), system error.
 */
const OUTAGE_CLASSES: ReadonlySet<string> = new Set(['08', '28', '3D', '53', '57', '58']);
/**
 * idle_in_transaction_session_timeout ended the connection; the server takes no writes, as the one
 * that answers during a failover may still be a standby.
 */
const OUTAGE_STATES: ReadonlySet<string> = new Set(['25P03', '25006']);
const LOCK_NOT_AVAILABLE = '55P03';
/** Data exception, integrity violation, program limit exceeded: the same rows fail for ever. */
const REFUSAL_CLASSES: ReadonlySet<string> = new Set(['22', '23', '54']);

/** The SQLSTATE that the server gave; null: the fault is none of the server's. */
export function sqlState(fault: unknown): string | null {
  if (typeof fault !== 'object' || fault === null || !('code' in fault)) return null;
  const { code } = fault;
  // Node's own codes (EPIPE) can have five letters too; those of the server come with a severity.
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in fault
    ? code
    : null;
}

/** The database is away or overloaded. */
export function isOutage(fault: unknown): boolean {
  if (fault instanceof ConnectionFault) return true;
  const state = sqlState(fault);
  if (state === null) return false;
  return OUTAGE_CLASSES.has(state.slice(0, 2)) || OUTAGE_STATES.has(state);
}

/** The same call may work in a moment: an outage, a deadlock, a lost race, a lock held too long. */
export function isTransient(fault: unknown): boolean {
  if (isOutage(fault)) return true;
  const state = sqlState(fault);
  return state !== null && (state.startsWith('40') || state === LOCK_NOT_AVAILABLE);
}

/** The server understood the rows and will never take them. */
export function isRefusal(fault: unknown): boolean {
  const state = sqlState(fault);
  return state !== null && REFUSAL_CLASSES.has(state.slice(0, 2));
}

/** Runs a write of rows; where the server will never take them it rejects with `RowsRefused`. */
export async function takingRows<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (fault) {
    throw isRefusal(fault) ? new RowsRefused(fault) : fault;
  }
}
