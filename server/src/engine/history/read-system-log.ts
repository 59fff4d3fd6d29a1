import type { SystemEntry, SystemEventType, SystemLogPage } from '@pinroom/client/contract';
import { AppError } from '../runtime/app-error.js';
import type { SystemLogStore } from '../runtime/system-log.port.js';
import type { SystemLogArchive } from './system-log-archive.port.js';

export interface SystemLogQuestion {
  /** Exclusive; at most one of both is given. */
  readonly before: string | null;
  readonly after: string | null;
  readonly limit: number;
  /** Null: all. */
  readonly type: SystemEventType | null;
}

type Found = Pick<SystemLogPage, 'source'> & {
  readonly entries: readonly SystemEntry[];
  /** What lies further back could not be asked for. */
  readonly isCut: boolean;
};

/**
 * Reads the log of the system: what is hot, then what the archive has of the time before. While one
 * of both is away it reads the other, as that is when an operator looks.
 */
export class SystemLogReader {
  readonly #store: Pick<SystemLogStore, 'read'>;
  readonly #archive: Pick<SystemLogArchive, 'read'>;

  constructor(store: Pick<SystemLogStore, 'read'>, archive: Pick<SystemLogArchive, 'read'>) {
    this.#store = store;
    this.#archive = archive;
  }

  async read(question: SystemLogQuestion): Promise<SystemLogPage> {
    const { after, before, limit } = question;
    if (before !== null && after !== null) {
      throw new AppError('bad_request', 'Give `before` or `after`, not both.');
    }
    const isBackwards = after === null;
    // One more than wanted tells whether there is more.
    const wider = { ...question, limit: limit + 1 };
    const found = isBackwards ? await this.#backwards(wider) : await this.#forwards(wider);
    const { entries, isCut, source } = found;
    const shown = isBackwards ? entries.slice(-limit) : entries.slice(0, limit);
    const edge = isBackwards ? shown[0] : shown.at(-1);
    const more = isCut || entries.length > limit;
    return { entries: shown, nextCursor: more && edge ? edge.id : null, source };
  }

  async #backwards(question: SystemLogQuestion): Promise<Found> {
    const { before, limit } = question;
    const hot = await this.#hot({ ...question, take: 'newest' });
    if (hot && hot.entries.length >= limit) {
      return { entries: hot.entries, source: 'redis', isCut: false };
    }
    const newer = hot?.entries ?? [];
    try {
      const older = await this.#archive.read({
        ...question,
        before: newer[0]?.id ?? before,
        limit: limit - newer.length,
        take: 'newest',
      });
      return { entries: [...older, ...newer], source: sourceOf(older), isCut: false };
    } catch (fault) {
      if (!isAway(fault) || newer.length === 0) throw fault;
      return { entries: newer, source: 'redis', isCut: true };
    }
  }

  async #forwards(question: SystemLogQuestion): Promise<Found> {
    const { limit } = question;
    const hot = await this.#hot({ ...question, take: 'oldest' });
    if (hot?.isSeamless) return { entries: hot.entries, source: 'redis', isCut: false };
    const newer = hot?.entries ?? [];
    const before = newer[0]?.id ?? null;
    const older = await this.#archive.read({ ...question, before, take: 'oldest' });
    const entries = [...older, ...newer].slice(0, limit);
    return { entries, source: sourceOf(older), isCut: false };
  }

  /** Null: the store is away. */
  async #hot(range: Parameters<SystemLogStore['read']>[0]) {
    try {
      return await this.#store.read(range);
    } catch (fault) {
      if (isAway(fault)) return null;
      throw fault;
    }
  }
}

function isAway(fault: unknown): boolean {
  return fault instanceof AppError && fault.code === 'unavailable';
}

function sourceOf(archived: readonly SystemEntry[]): SystemLogPage['source'] {
  return archived.length > 0 ? 'archive' : 'redis';
}
