import type { SystemEntry } from '@pinroom/client/contract';
import type { SystemLogRange, SystemRecord } from '../runtime/system-log.port.js';

/** The log of the system for a month. Rejects with `unavailable` when the archive does not answer. */
export interface SystemLogArchive {
  /** [SYSTEM-5] Inserts what is not there; repeatable. Different entries under one id all stay: a Redis that lost its data may give one again. */
  insert(entries: readonly SystemRecord[]): Promise<void>;
  /** [SYSTEM-6] Ascending, at most `limit` from the end that the range names. */
  read(range: SystemLogRange): Promise<SystemEntry[]>;
  /** [SYSTEM-7] Deletes what was written before `at`, at most `limit`; answers how many. */
  forget(at: number, limit: number): Promise<number>;
}
