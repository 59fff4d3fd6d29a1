import { randomUUID } from 'node:crypto';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import type { Namespace } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import type { FanoutBus } from '../../engine/fanout/fanout-bus.port.js';
import { FRAME_MARK } from '../../engine/fanout/frame.port.js';
import { doorTopic, roomTopic, topicRoomId } from '../../engine/fanout/topic.port.js';
import { unavailable } from '../../engine/runtime/app-error.js';
import type { Logger } from '../../engine/runtime/logger.js';
import { BusProbe, PROBE_MARK } from './bus-probe.js';
import { withDeadline } from './call-deadline.js';
import {
  GuardedPublisher,
  GuardedSubscriber,
  type ShardPublisher,
  type ShardSubscriber,
} from './guarded-shard-clients.js';

/** The clients of the bus; opened and closed by the caller. */
export interface ShardClients {
  readonly publish: ShardPublisher;
  readonly subscribe: ShardSubscriber;
}

/** The adapter's name of a room's channel is this, the room, and `#`. */
const CHANNEL_PREFIX = 'socket.io#/#';
const DEADLINE_MS = 1_500;

/** Where the adapter (8.3.0) receives what comes from Redis, before it parses. */
interface RawReceiver {
  onRawMessage(message: Buffer, channel: Buffer): void;
}

/**
 * The rooms' frames over the subscriptions of Socket.IO's sharded Redis adapter: a node is
 * subscribed to exactly the rooms that its sockets have joined.
 */
export class ShardedFanoutBus implements FanoutBus {
  readonly #publisher: ShardPublisher;
  readonly #subscriber: GuardedSubscriber;
  readonly #logger: Logger;
  readonly #probe: BusProbe;
  #adapter: Adapter | null = null;
  #deliver: (roomId: string, raw: Uint8Array) => void = () => {};
  #interrupted: () => void = () => {};

  constructor(clients: ShardClients, logger: Logger) {
    this.#publisher = clients.publish;
    this.#subscriber = new GuardedSubscriber(clients.subscribe);
    this.#logger = logger;
    const id = randomUUID();
    this.#probe = new BusProbe({
      channelOf: (line) => `pinroom-probe-{${line}}-${id}`,
      lines: () => clients.subscribe.lines(),
      publisher: clients.publish,
      subscribe: (channel) => this.#subscriber.ssubscribe(channel),
      unsubscribe: (channel) => this.#subscriber.sunsubscribe(channel),
      reopen: (line) => clients.subscribe.reopen(line),
      logger,
    });
    this.#subscriber.on('smessageBuffer', (channel, message) => {
      if (message[0] === PROBE_MARK) this.#probe.echo(channel.toString('latin1'), message);
    });
    this.#subscriber.onRestored(() => this.#interrupted());
  }

  /** Socket.IO's adapter option: it is called with `new`, which no arrow function allows. */
  adapterFactory(): (namespace: Namespace) => Adapter {
    const create = createShardedAdapter(new GuardedPublisher(this.#publisher), this.#subscriber, {
      subscriptionMode: 'dynamic',
    });
    const adopt = (adapter: Adapter): Adapter => {
      this.#takeFrames(adapter as unknown as RawReceiver);
      this.#adapter = adapter;
      return adapter;
    };
    return function createAdapter(namespace) {
      return adopt(create(namespace));
    };
  }

  onFrame(handler: (roomId: string, raw: Uint8Array) => void): void {
    this.#deliver = handler;
  }

  onInterrupted(handler: () => void): void {
    this.#interrupted = handler;
    this.#probe.start();
  }

  whenSubscribed(roomId: string): Promise<void> {
    return this.#subscribed(roomTopic(roomId));
  }

  whenAtDoor(roomId: string): Promise<void> {
    return this.#subscribed(doorTopic(roomId));
  }

  async #subscribed(topic: string): Promise<void> {
    const channel = channelOf(topic);
    const confirmed = this.#subscriber.confirmed(channel).then(() => {
      // The last socket left while this was on its way: the adapter will not unsubscribe again.
      if (!this.#adapter?.rooms.has(topic)) this.#subscriber.sunsubscribe(channel);
    });
    await this.#inTime(confirmed);
  }

  async publish(roomId: string, raw: Uint8Array): Promise<void> {
    const message = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    await this.#inTime(this.#publisher.spublish(channelOf(roomTopic(roomId)), message));
  }

  /** Lets go of the clients. */
  async close(): Promise<void> {
    await this.#probe.stop();
    this.#subscriber.close();
  }

  async #inTime(call: Promise<unknown>): Promise<void> {
    try {
      await withDeadline(call, DEADLINE_MS, () => new Error(`no reply within ${DEADLINE_MS} ms`));
    } catch (fault) {
      throw unavailable('The message bus', fault);
    }
  }

  #takeFrames(adapter: RawReceiver): void {
    const own = adapter.onRawMessage.bind(adapter);
    adapter.onRawMessage = (message, channel) => {
      try {
        if (message[0] !== FRAME_MARK) return own(message, channel);
        const roomId = roomIdOf(channel);
        if (roomId !== null) this.#deliver(roomId, message);
      } catch (fault) {
        this.#logger.error({ err: fault }, 'a message from the bus could not be handled');
      }
    };
  }
}

function channelOf(topic: string): string {
  return `${CHANNEL_PREFIX}${topic}#`;
}

function roomIdOf(channel: Buffer): string | null {
  return topicRoomId(channel.toString('latin1', CHANNEL_PREFIX.length, channel.length - 1));
}
