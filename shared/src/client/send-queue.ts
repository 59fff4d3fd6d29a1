import { Backoff } from './backoff.js';
import { type ClientClock, Pause } from './client-clock.js';
import { isTransient, PinroomError, toPinroomError } from './errors.js';

export interface OutgoingMessage {
  readonly channel: string;
  readonly type: string;
  readonly payload: unknown;
  /** The same at every attempt: it is what makes a repetition harmless. */
  readonly key: string;
  readonly once: string | undefined;
}

export interface SendReceipt {
  readonly id: string;
  readonly at: number;
  /** An entry with this key was there already. */
  readonly duplicate: boolean;
}

export interface SendQueueOptions {
  readonly clock: ClientClock;
  readonly random: () => number;
  /** One attempt; rejects with a PinroomError. */
  readonly transmit: (message: OutgoingMessage) => Promise<SendReceipt>;
  /** Whether an attempt makes sense now; `wake()` tells when that changes. */
  readonly isReady: () => boolean;
  readonly maxQueued: number;
  /** How long a message is tried, from the call on. */
  readonly deadlineMs: number;
  /** What goes before everything that waits in a channel, asked before each message; null: nothing. */
  readonly ahead: (channel: string) => SendItem | null;
}

export interface SendItem {
  readonly message: OutgoingMessage;
  /** On the monotonic clock. */
  readonly deadline: number;
  readonly resolve: (receipt: SendReceipt) => void;
  readonly reject: (error: PinroomError) => void;
}

/**
 * [CLIENT-10] Sends messages one at a time per channel, so that they keep their order, and again with the same
 * key until they are answered. What is refused for good is rejected, and the next one goes on.
 */
export class SendQueue {
  readonly #options: SendQueueOptions;
  readonly #lanes = new Map<string, SendItem[]>();
  readonly #pause: Pause;
  #size = 0;
  #closed: PinroomError | null = null;

  constructor(options: SendQueueOptions) {
    this.#options = options;
    this.#pause = new Pause(options.clock);
  }

  /** Messages that are not answered yet. */
  get size(): number {
    return this.#size;
  }

  push(message: OutgoingMessage): Promise<SendReceipt> {
    if (this.#closed) return Promise.reject(this.#closed);
    const { clock, deadlineMs, maxQueued } = this.#options;
    if (this.#size >= maxQueued) return Promise.reject(new PinroomError('queue_full'));
    return new Promise((resolve, reject) => {
      this.#size++;
      const item = { message, deadline: clock.monotonic() + deadlineMs, resolve, reject };
      const lane = this.#lanes.get(message.channel);
      if (lane) lane.push(item);
      else void this.#run(message.channel, [item]);
    });
  }

  /** There is something to go ahead in this channel. */
  hurry(channel: string): void {
    if (!this.#lanes.has(channel)) void this.#run(channel, []);
  }

  /** What was waited for may be there. */
  wake(): void {
    this.#pause.wake();
  }

  /** Everything that waits is rejected with `error`, and so is what comes later. */
  close(error: PinroomError): void {
    this.#closed ??= error;
    this.#pause.wake();
  }

  async #run(channel: string, lane: SendItem[]): Promise<void> {
    this.#lanes.set(channel, lane);
    for (let next = this.#next(channel, lane); next; next = this.#next(channel, lane)) {
      const { item, isQueued } = next;
      try {
        item.resolve(await this.#deliver(item));
      } catch (fault) {
        item.reject(toPinroomError(fault));
      }
      if (!isQueued) continue;
      lane.shift();
      this.#size--;
    }
    this.#lanes.delete(channel);
  }

  #next(channel: string, lane: SendItem[]): { item: SendItem; isQueued: boolean } | null {
    const ahead = this.#options.ahead(channel);
    if (ahead) return { item: ahead, isQueued: false };
    return lane[0] ? { item: lane[0], isQueued: true } : null;
  }

  async #deliver({ message, deadline }: SendItem): Promise<SendReceipt> {
    const { clock, isReady, random, transmit } = this.#options;
    const backoff = new Backoff({ random, capMs: 5_000 });
    let last = new PinroomError('timeout');
    for (;;) {
      if (this.#closed) throw this.#closed;
      const left = deadline - clock.monotonic();
      if (left <= 0) throw last;
      if (!isReady()) {
        await this.#pause.wait(left);
        continue;
      }
      try {
        return await transmit(message);
      } catch (fault) {
        last = toPinroomError(fault);
        if (!isTransient(last) && last.code !== 'backlog_full') throw last;
        const wait = backoff.next(last.retryAfterMs);
        if (wait >= deadline - clock.monotonic()) throw last;
        await this.#waitOut(wait);
      }
    }
  }

  /** Unlike a wait for the room, this one is not cut short by `wake()`: the server asked for it. */
  async #waitOut(ms: number): Promise<void> {
    const until = this.#options.clock.monotonic() + ms;
    for (let left = ms; left > 0 && !this.#closed; left = until - this.#options.clock.monotonic()) {
      await this.#pause.wait(left);
    }
  }
}
