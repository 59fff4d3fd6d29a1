import type { SystemEvents, SystemEventType, SystemLevel } from '@pinroom/client/contract';
import type { Clock } from './clock.js';
import type { Logger } from './logger.js';
import { Pace } from './pace.js';
import { type Loop, runLoop } from './run-loop.js';
import type { NewSystemEntry, SystemLogStore } from './system-log.port.js';

/** Entries that wait for the store; while it is away for longer than these last, more are counted only. */
const MAX_QUEUED = 1_000;
/** Entries written together. */
const BATCH = 100;
const LOOK_MS = 1_000;

/** Of one type, from one node: so that nobody can write the log full. */
const PER_MINUTE = 600;
const ABUSE_PER_MINUTE = 30;
/** How often it is said that entries were lost. */
const LOSSES_PER_MINUTE = 1;

const LEVELS: { readonly [T in SystemEventType]: SystemLevel } = {
  'node-up': 'info',
  'node-down': 'warn',
  'backend-lost': 'error',
  'backend-found': 'info',
  'redis-changed': 'warn',
  'archive-lag': 'warn',
  abuse: 'warn',
  'room-opened': 'info',
  'room-closed': 'info',
  'room-read': 'info',
  'entries-lost': 'error',
};

/** Where the engine says what an operator should be able to read up later, on all nodes. */
export interface SystemNotes {
  /**
   * Says it, and goes on: it is written when the store takes it. `once` names what is said, so that of
   * all nodes, and of all who repeat it, one entry stays.
   */
  note<T extends SystemEventType>(type: T, payload: SystemEvents[T], once?: string): void;
}

export const noNotes: SystemNotes = { note() {} };

export interface SystemLogParts {
  readonly store: Pick<SystemLogStore, 'append'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly nodeId: string;
}

/**
 * The log of the system, as this node writes it: a bounded queue, carried to the store in batches, so
 * that nothing waits for it and nothing fails with it.
 */
export class SystemLog implements SystemNotes {
  readonly #parts: SystemLogParts;
  readonly #paces = new Map<SystemEventType, Pace>();
  readonly #queue: NewSystemEntry[] = [];
  #said = 0;
  /** Above a bound, and not told yet. */
  readonly #lost = { 'held-back': 0, 'queue-full': 0 };
  readonly #lossPace = new Pace();
  #loop: Loop | undefined;

  constructor(parts: SystemLogParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, logger } = this.#parts;
    this.#loop = runLoop(
      { name: 'system-log', everyMs: LOOK_MS, maxPauseMs: LOOK_MS, clock, logger },
      async () => {
        this.#tellLosses();
        await this.#carry();
      },
    );
  }

  /** Tries a last time to write what waits. Never rejects, and may be called twice. */
  async stop(): Promise<void> {
    await this.#loop?.stop();
    try {
      await this.#carry();
    } catch (fault) {
      const fields = { entries: this.#queue.length, err: fault };
      this.#parts.logger.warn(fields, 'the end of the log of the system could not be written');
    }
  }

  note<T extends SystemEventType>(type: T, payload: SystemEvents[T], once?: string): void {
    if (!this.#mayNote(type)) this.#lost['held-back'] += 1;
    else if (this.#queue.length >= MAX_QUEUED) this.#lost['queue-full'] += 1;
    else this.#push(type, payload, once);
  }

  #push<T extends SystemEventType>(type: T, payload: SystemEvents[T], once?: string): void {
    const { clock, nodeId } = this.#parts;
    this.#said += 1;
    this.#queue.push({
      key: once ?? `${nodeId}:${this.#said}`,
      at: clock.now(),
      nodeId,
      type,
      level: levelOf(type, payload),
      payload,
    });
    this.#loop?.wake();
  }

  #mayNote(type: SystemEventType): boolean {
    const pace = this.#paces.get(type) ?? new Pace();
    this.#paces.set(type, pace);
    const perMinute = type === 'abuse' ? ABUSE_PER_MINUTE : PER_MINUTE;
    return pace.take(this.#parts.clock.now(), perMinuteLimit(perMinute)) === 0;
  }

  #tellLosses(): void {
    const { clock } = this.#parts;
    for (const reason of ['held-back', 'queue-full'] as const) {
      const count = this.#lost[reason];
      if (count === 0 || this.#queue.length >= MAX_QUEUED) continue;
      if (this.#lossPace.take(clock.now(), perMinuteLimit(LOSSES_PER_MINUTE)) > 0) return;
      this.#lost[reason] = 0;
      this.#push('entries-lost', { reason, count });
    }
  }

  /** What fails stays in the queue, and is tried again under the same keys. */
  async #carry(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, BATCH);
      await this.#parts.store.append(batch);
      this.#queue.splice(0, batch.length);
    }
  }
}

function perMinuteLimit(most: number) {
  return { perSecond: most / 60, burst: most };
}

/** What is over, or was wanted, is no reason to get up. */
function levelOf<T extends SystemEventType>(type: T, payload: SystemEvents[T]): SystemLevel {
  const isOver = 'state' in payload && payload.state === 'ends';
  const isWanted = 'reason' in payload && payload.reason === 'stopped';
  return isOver || isWanted ? 'info' : LEVELS[type];
}
