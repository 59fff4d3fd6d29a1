import { systemClock } from '../../engine/runtime/clock.js';
import type { Logger } from '../../engine/runtime/logger.js';
import { type Loop, runLoop } from '../../engine/runtime/run-loop.js';
import type { ShardPublisher } from './guarded-shard-clients.js';

const EVERY_MS = 1_500;
/** So many probes in a row without an echo: the subscription is dead, whatever its socket says. */
const MISSES = 2;

export interface BusProbeParts {
  /** Where the probe is published and subscribed; this node's alone. */
  readonly channel: string;
  readonly publisher: ShardPublisher;
  /** Resolves when the subscription of the channel is active. */
  readonly subscribed: () => Promise<unknown>;
  /** Opens the subscriber's connection anew. */
  readonly reconnect: () => void;
  readonly logger: Logger;
}

/**
 * Publishes to itself through the way that every frame takes. A subscriber connection that is open
 * but brings nothing (a stalled proxy, a replica that lost its master) shows in no other way.
 */
export class BusProbe {
  readonly #parts: BusProbeParts;
  #sent = 0;
  #echoed = 0;
  #loop: Loop | undefined;

  constructor(parts: BusProbeParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#loop = runLoop(
      { name: 'bus-probe', everyMs: EVERY_MS, clock: systemClock, logger: this.#parts.logger },
      () => this.#round(),
    );
  }

  /** An echo came back. */
  echo(message: Uint8Array): void {
    this.#echoed = Number(new TextDecoder().decode(message.subarray(1)));
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  async #round(): Promise<void> {
    const { channel, logger, publisher, reconnect, subscribed } = this.#parts;
    if (this.#sent - this.#echoed >= MISSES) {
      logger.warn({ probes: this.#sent - this.#echoed }, 'the bus is silent: connecting anew');
      this.#echoed = this.#sent;
      reconnect();
      return;
    }
    if (this.#sent === 0) await subscribed();
    // A probe that could not be published says nothing about the subscription.
    await publisher.spublish(channel, Buffer.from(`\u0002${this.#sent + 1}`));
    this.#sent += 1;
  }
}
