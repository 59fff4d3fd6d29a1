import { PinroomError } from '@pinroom/client';
import { type Signal, signal } from '@preact/signals';

export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly fault: PinroomError }
  /** It was given up, or something newer was begun. */
  | { readonly kind: 'dropped' };

export interface AttemptsOptions {
  /** Whether the server is known to be within reach: then what takes long is no trouble. */
  readonly isOnline: () => boolean;
  /** After so long without an answer the page says what it waits for. */
  readonly slowMs?: number;
  /** Waits between attempts, in turn; the last one stays. */
  readonly pausesMs?: readonly number[];
}

/** What says nothing about the question: asking again is right. */
const OUT_OF_REACH: ReadonlySet<string> = new Set([
  'offline',
  'timeout',
  'unavailable',
  'draining',
]);

/** One step of the page at a time, tried until the server is there to answer, or it is given up. */
export class Attempts {
  readonly isBusy: Signal<boolean> = signal(false);
  /** Why there is no answer yet, while it is being tried again; null: no trouble. */
  readonly trouble: Signal<PinroomError | null> = signal(null);
  readonly #options: AttemptsOptions;
  #current = 0;
  #controller = new AbortController();
  #wake = () => {};

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  /** `ask` gets a signal that tells when its answer is not wanted any more. */
  async run<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    this.cancel();
    const { signal } = this.#controller;
    const mine = this.#current;
    const isCurrent = () => mine === this.#current;
    const { slowMs = 4_000, isOnline } = this.#options;
    const slow = setTimeout(() => {
      if (!isOnline()) this.trouble.value ??= new PinroomError('offline');
    }, slowMs);
    this.isBusy.value = true;
    try {
      const outcome = await this.#insist(() => ask(signal), isCurrent);
      return isCurrent() ? outcome : { kind: 'dropped' };
    } finally {
      clearTimeout(slow);
      if (isCurrent()) this.#settle();
    }
  }

  /** Gives up what is under way; its answer counts no more. */
  cancel(): void {
    this.#current++;
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#settle();
    this.#wake();
  }

  /** Waits no longer for the next attempt. */
  retryNow(): void {
    this.#wake();
  }

  async #insist<T>(ask: () => Promise<T>, isCurrent: () => boolean): Promise<Outcome<T>> {
    for (let round = 0; ; round++) {
      try {
        return { kind: 'done', value: await ask() };
      } catch (thrown) {
        const fault = thrown instanceof PinroomError ? thrown : new PinroomError('internal');
        if (!OUT_OF_REACH.has(fault.code)) return { kind: 'failed', fault };
        if (!isCurrent()) return { kind: 'dropped' };
        this.trouble.value = fault;
        await this.#pause(round, fault.retryAfterMs);
        if (!isCurrent()) return { kind: 'dropped' };
      }
    }
  }

  async #pause(round: number, atLeastMs = 0): Promise<void> {
    const { pausesMs = [1_000, 2_000, 5_000, 10_000] } = this.#options;
    const ms = Math.max(atLeastMs, pausesMs[Math.min(round, pausesMs.length - 1)] ?? 0);
    await new Promise<void>((resolve) => {
      // A little apart, as those who were cut off together come back together.
      const timer = setTimeout(resolve, ms * (0.75 + Math.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }

  #settle(): void {
    this.isBusy.value = false;
    this.trouble.value = null;
  }
}
