import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';

/** What comes over a shard channel. */
export type ShardMessageListener = (channel: Buffer, message: Buffer) => void;

/**
 * The subscriptions of a node to shard channels, over one connection or several. They last: what a
 * connection loses is subscribed again.
 */
export interface RedisSubscriber {
  /** Resolves when Redis has confirmed it. */
  ssubscribe(channel: string): Promise<unknown>;
  sunsubscribe(channel: string): Promise<unknown>;
  /** One hash tag for each connection: channels with this tag come over it. */
  lines(): readonly string[];
  /** Opens the connection over which a tag's channels come anew. */
  reopen(line: string): void;
  on(event: 'smessageBuffer', listener: ShardMessageListener): unknown;
  /** `interrupted`: messages may get lost from here on. `restored`: all that was lost is subscribed again. */
  on(event: 'interrupted' | 'restored', listener: () => void): unknown;
  off(event: 'smessageBuffer', listener: ShardMessageListener): unknown;
  off(event: 'interrupted' | 'restored', listener: () => void): unknown;
  close(): Promise<void>;
}

/** The subscriptions over one connection, which subscribes again by itself. */
export class SingleSubscriber extends EventEmitter implements RedisSubscriber {
  readonly #client: Redis;
  readonly #end: () => Promise<void>;
  #isInterrupted = false;

  /** `end` closes the connection. */
  constructor(client: Redis, end: () => Promise<void>) {
    super();
    this.#client = client;
    this.#end = end;
    client.on('smessageBuffer', (channel, message) =>
      this.emit('smessageBuffer', channel, message),
    );
    client.on('close', () => {
      this.#isInterrupted = true;
      this.emit('interrupted');
    });
    client.on('ready', () => this.#confirm());
  }

  ssubscribe(channel: string): Promise<unknown> {
    return this.#client.ssubscribe(channel);
  }

  sunsubscribe(channel: string): Promise<unknown> {
    return this.#client.sunsubscribe(channel);
  }

  lines(): readonly string[] {
    return ['all'];
  }

  reopen(): void {
    this.#client.disconnect(true);
  }

  close(): Promise<void> {
    return this.#end();
  }

  /** The client has asked for its subscriptions by now, so an answer that comes after theirs tells. */
  #confirm(): void {
    if (!this.#isInterrupted) return;
    this.#isInterrupted = false;
    this.#client.ping().then(
      () => this.emit('restored'),
      () => {
        this.#isInterrupted = true;
      },
    );
  }
}
