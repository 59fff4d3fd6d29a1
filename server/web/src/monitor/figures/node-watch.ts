import { type NodeStatus, PinroomError } from '@pinroom/client';
import { Ring } from './ring.js';
import { nextSample, type Sample } from './sample.js';

export const POLL_MS = 2_000;
const DEADLINE_MS = 5_000;
const BACKOFF_CAP_MS = 15_000;
/** What the page keeps of the past. */
export const WINDOW_MS = 600_000;
/** Without an answer for so long what the page shows is old. */
const STALE_MS = 4 * POLL_MS;

/** What the page knows of its link to the server. */
export interface Contact {
  /** When the last answer came; null: none ever did. */
  readonly answeredAt: number | null;
  /** Since when it fails; null: the last question was answered. */
  readonly failingSince: number | null;
  readonly fault: PinroomError | null;
}

export interface NodeWatchParts {
  readonly ask: () => Promise<readonly NodeStatus[]>;
  readonly now: () => number;
  readonly onChange: () => void;
  /** The server does not take the token: nothing is asked any more. */
  readonly onRefused: (fault: PinroomError) => void;
}

const REFUSALS: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden', 'not_found']);

/** Asks how the nodes are, again and again, one question at a time. */
export class NodeWatch {
  readonly #parts: NodeWatchParts;
  readonly #ring = new Ring<Sample>(Math.ceil(WINDOW_MS / POLL_MS) + 1);
  #newest: Sample | undefined;
  #contact: Contact = { answeredAt: null, failingSince: null, fault: null };
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;
  #isStopped = false;

  constructor(parts: NodeWatchParts) {
    this.#parts = parts;
  }

  get contact(): Contact {
    return this.#contact;
  }

  /** Those of the last ten minutes, the oldest first. */
  samples(): Sample[] {
    const since = (this.#newest?.at ?? 0) - WINDOW_MS;
    return this.#ring.toArray().filter(({ at }) => at >= since);
  }

  /** Asks at once, unless it is asking; and then goes on asking. */
  async ask(): Promise<void> {
    if (this.#isAsking || this.#isStopped) return;
    this.#isAsking = true;
    clearTimeout(this.#timer);
    try {
      const nodes = await withDeadline(this.#parts.ask(), DEADLINE_MS);
      if (!this.#isStopped) this.#answered(nodes);
    } catch (fault) {
      if (!this.#isStopped) this.#failed(fault);
    }
    this.#isAsking = false;
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.ask(), this.#pause());
    this.#parts.onChange();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #answered(nodes: readonly NodeStatus[]): void {
    const at = this.#parts.now();
    this.#newest = nextSample(this.#newest, nodes, at);
    this.#ring.push(this.#newest);
    this.#failures = 0;
    this.#contact = { answeredAt: at, failingSince: null, fault: null };
  }

  #failed(fault: unknown): void {
    const known = fault instanceof PinroomError ? fault : new PinroomError('internal');
    if (REFUSALS.has(known.code)) {
      this.stop();
      this.#parts.onRefused(known);
      return;
    }
    this.#failures++;
    const failingSince = this.#contact.failingSince ?? this.#parts.now();
    this.#contact = { ...this.#contact, failingSince, fault: known };
  }

  #pause(): number {
    const asked = this.#contact.fault?.retryAfterMs ?? 0;
    const doubled = Math.min(BACKOFF_CAP_MS, POLL_MS * 2 ** Math.max(0, this.#failures - 1));
    return Math.max(asked, doubled);
  }
}

/** Whether what the page shows may no longer be so; one answer that is missing says nothing yet. */
export function isStale({ answeredAt, failingSince }: Contact, now: number): boolean {
  if (answeredAt === null) return failingSince !== null;
  return now - answeredAt > STALE_MS;
}

/** An answer that comes later is ignored; the library ends the request by itself. */
async function withDeadline<T>(answer: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new PinroomError('timeout')), ms);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
