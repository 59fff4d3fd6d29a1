import { systemClock } from '../../engine/runtime/clock.js';
import type { Logger } from '../../engine/runtime/logger.js';
import { type Loop, runLoop } from '../../engine/runtime/run-loop.js';
import type { ShardPublisher } from './guarded-shard-clients.js';

const EVERY_MS = 1_500;
/** So many probes in a row without an echo: the subscription is dead, whatever its socket says. */
const MISSES = 2;
/** The first byte of a probe: no frame begins with it, nor does a message of the adapter. */
export const PROBE_MARK = 2;

export interface BusProbeParts {
  /** Where the probes of a line are published and subscribed; this node's alone. */
  readonly channelOf: (line: string) => string;
  /** The connections that bring frames at the moment. */
  readonly lines: () => readonly string[];
  readonly publisher: ShardPublisher;
  /** Resolves when the subscription of a channel is active. */
  readonly subscribe: (channel: string) => Promise<unknown>;
  readonly unsubscribe: (channel: string) => void;
  /** Opens a line anew. */
  readonly reopen: (line: string) => void;
  readonly logger: Logger;
}

interface Line {
  readonly channel: string;
  isSubscribed: boolean;
  sent: number;
  echoed: number;
}

/**
 * Publishes to itself through the way that every frame takes, over each connection that brings some. One
 * that is open but brings nothing (a stalled proxy, a master that is none any more) shows in no other way.
 */
export class BusProbe {
  readonly #parts: BusProbeParts;
  readonly #lines = new Map<string, Line>();
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
  echo(channel: string, message: Uint8Array): void {
    for (const line of this.#lines.values()) {
      if (line.channel !== channel) continue;
      line.echoed = Number(new TextDecoder().decode(message.subarray(1)));
    }
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  async #round(): Promise<void> {
    const names = this.#parts.lines();
    for (const [name, { channel }] of this.#lines) {
      if (names.includes(name)) continue;
      this.#lines.delete(name);
      this.#parts.unsubscribe(channel);
    }
    const asked = await Promise.allSettled(names.map((name) => this.#probe(name)));
    // Those of a master that is away fail; the others are not to be asked less often for it.
    const faults = asked.flatMap((probe) => (probe.status === 'rejected' ? [probe.reason] : []));
    if (faults.length > 0 && faults.length === asked.length) throw faults[0];
  }

  async #probe(name: string): Promise<void> {
    const { logger, publisher, reopen } = this.#parts;
    const line = this.#lines.get(name) ?? this.#open(name);
    if (!line.isSubscribed) return;
    if (line.sent - line.echoed >= MISSES) {
      logger.warn({ probes: line.sent - line.echoed }, 'the bus is silent: connecting anew');
      line.echoed = line.sent;
      reopen(name);
      return;
    }
    // A probe that could not be published says nothing about the subscription.
    await publisher.spublish(
      line.channel,
      Buffer.from(`${String.fromCharCode(PROBE_MARK)}${line.sent + 1}`),
    );
    line.sent += 1;
  }

  #open(name: string): Line {
    const channel = this.#parts.channelOf(name);
    const line: Line = { channel, isSubscribed: false, sent: 0, echoed: 0 };
    this.#lines.set(name, line);
    this.#parts.subscribe(channel).then(
      () => {
        line.isSubscribed = true;
      },
      () => this.#lines.delete(name),
    );
    return line;
  }
}
