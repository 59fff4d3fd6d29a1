/** What is asked of what publishes. */
export interface ShardPublisher {
  spublish(channel: string, message: Buffer): Promise<unknown>;
}

/** What is asked of the client that subscribes. */
export interface ShardSubscriber {
  ssubscribe(channel: string): Promise<unknown>;
  sunsubscribe(channel: string): Promise<unknown>;
  /** One hash tag for each connection: channels with this tag come over it. */
  lines(): readonly string[];
  /** Opens the connection over which a tag's channels come anew. */
  reopen(line: string): void;
  on(event: 'smessageBuffer', listener: (channel: Buffer, message: Buffer) => void): unknown;
  /** `interrupted`: messages may get lost from here on. `restored`: all that was lost is subscribed again. */
  on(event: 'interrupted' | 'restored', listener: () => void): unknown;
  off(event: 'smessageBuffer', listener: (channel: Buffer, message: Buffer) => void): unknown;
  off(event: 'interrupted' | 'restored', listener: () => void): unknown;
}

interface Confirmation {
  readonly reply: Promise<unknown>;
  /** On the monotonic clock; undefined while the reply is awaited. */
  at: number | undefined;
}

/** For how long a reply proves that the connection is alive. */
const FRESH_MS = 1_000;

function ignore(): void {}

/**
 * Stands between the adapter and its subscriptions. The adapter awaits none of its
 * subscriptions, so a failed one would end the process; here every promise is looked after, and
 * the replies are remembered so that a join can wait for the one it needs.
 */
export class GuardedSubscriber {
  readonly #client: ShardSubscriber;
  readonly #confirmations = new Map<string, Confirmation>();
  readonly #listeners: ((channel: Buffer, message: Buffer) => void)[] = [];
  readonly #forget = () => this.#confirmations.clear();
  #restored: () => void = ignore;

  constructor(client: ShardSubscriber) {
    this.#client = client;
    client.on('interrupted', this.#forget);
  }

  /** Called by the adapter and for probes. */
  on(event: 'smessageBuffer', listener: (channel: Buffer, message: Buffer) => void): void {
    this.#listeners.push(listener);
    this.#client.on(event, listener);
  }

  /** Calls back when subscriptions were lost and are active again. */
  onRestored(run: () => void): void {
    this.#restored = run;
    this.#client.on('restored', run);
  }

  /** Called by the adapter, and for a fresh reply. Never leaves a rejection unhandled. */
  ssubscribe(channel: string): Promise<unknown> {
    const reply = this.#client.ssubscribe(channel);
    const confirmation: Confirmation = { reply, at: undefined };
    this.#confirmations.set(channel, confirmation);
    reply.then(
      () => {
        confirmation.at = performance.now();
      },
      () => {
        if (this.#confirmations.get(channel) === confirmation) this.#confirmations.delete(channel);
      },
    );
    return reply;
  }

  /** Called by the adapter, and to undo. Never leaves a rejection unhandled. */
  sunsubscribe(channel: string): void {
    this.#confirmations.delete(channel);
    this.#client.sunsubscribe(channel).catch(ignore);
  }

  /**
   * Resolves when Redis has confirmed the subscription on this connection within the last second,
   * or confirms it now. Callers at the same time share one command; an unsubscription in between
   * makes the next caller ask anew.
   */
  confirmed(channel: string): Promise<unknown> {
    const known = this.#confirmations.get(channel);
    if (known && (known.at === undefined || performance.now() - known.at < FRESH_MS)) {
      return known.reply;
    }
    return this.ssubscribe(channel);
  }

  /** Lets go of the client; the client itself belongs to who opened it. */
  close(): void {
    this.#client.off('interrupted', this.#forget);
    this.#client.off('restored', this.#restored);
    for (const listener of this.#listeners) this.#client.off('smessageBuffer', listener);
    this.#confirmations.clear();
  }
}

/** The adapter's own messages, which nothing here depends on: a failure is dropped. */
export class GuardedPublisher {
  readonly #client: ShardPublisher;

  constructor(client: ShardPublisher) {
    this.#client = client;
  }

  spublish(channel: string, message: string | Buffer): Promise<unknown> {
    return this.#client.spublish(channel, Buffer.from(message as string)).catch(ignore);
  }
}
