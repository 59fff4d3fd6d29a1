import { EventEmitter } from 'node:events';
import { type Cluster, Command, type Redis } from 'ioredis';
import { ALL_TAGS } from '../../engine/runtime/random.js';
import type { RedisSubscriber } from './redis-subscriber.js';

/** A channel that somebody wants, and the master at which it was asked for; null: at none. */
interface Wanted {
  readonly slot: number;
  place: string | null;
}

/** Between two questions who holds what, while something is not where it belongs. */
const LOOK_EVERY_MS = 250;
/** Slots move one after the other: what moves within this time is looked after together. */
const MOVED_MS = 500;

const TAG_SLOTS = ALL_TAGS.map((tag) => ({ tag, slot: slotOf(`{${tag}}`) }));

function slotOf(channel: string): number {
  return new Command('ssubscribe', [channel]).getSlot();
}

/**
 * The subscriptions of a node on a Cluster, where each master publishes what lies in its slots: a
 * connection to each. ioredis has such a group too (`shardedSubscribers`), which neither tells when the
 * subscriptions of one master were lost, nor opens one connection alone, and remembers a channel once
 * more each time that it is asked for.
 */
export class ClusterSubscriber extends EventEmitter implements RedisSubscriber {
  readonly #cluster: Cluster;
  readonly #connect: (place: string) => Redis;
  readonly #lines = new Map<string, Redis>();
  readonly #channels = new Map<string, Wanted>();
  #timer: NodeJS.Timeout | undefined;
  /** Where subscriptions may have ended because slots have moved. */
  readonly #doubtful = new Set<string>();
  #timerOfMoves: NodeJS.Timeout | undefined;
  #isClosed = false;
  readonly #onRefresh = () => void this.#settle();

  /**
   * `cluster` knows who holds what; `connect` opens a lasting connection to a master, which does not
   * subscribe again by itself.
   */
  constructor(cluster: Cluster, connect: (place: string) => Redis) {
    super();
    this.#cluster = cluster;
    this.#connect = connect;
    cluster.on('refresh', this.#onRefresh);
  }

  async ssubscribe(channel: string): Promise<unknown> {
    // Nobody would close the connection that it would open.
    if (this.#isClosed) throw new Error('The subscriptions to the Redis Cluster are closed.');
    const slot = this.#channels.get(channel)?.slot ?? slotOf(channel);
    const wanted: Wanted = { slot, place: null };
    this.#channels.set(channel, wanted);
    const place = this.#placeOf(slot);
    if (place === null) {
      this.#lookSoon();
      throw new Error('No master of the Redis Cluster holds the slot of this channel.');
    }
    wanted.place = place;
    try {
      return await this.#lineTo(place).ssubscribe(channel);
    } catch (fault) {
      // The slot has moved, or the connection was given up.
      if (wanted.place === place) wanted.place = null;
      this.#lookSoon();
      throw fault;
    }
  }

  async sunsubscribe(channel: string): Promise<unknown> {
    const place = this.#channels.get(channel)?.place ?? null;
    this.#channels.delete(channel);
    return place === null ? 0 : await this.#lines.get(place)?.sunsubscribe(channel);
  }

  lines(): readonly string[] {
    const tags = new Map<string, string>();
    for (const { slot, tag } of TAG_SLOTS) {
      const place = this.#placeOf(slot);
      if (place !== null && !tags.has(place)) tags.set(place, tag);
    }
    return [...tags.values()];
  }

  reopen(line: string): void {
    const place = this.#placeOf(slotOf(`{${line}}`));
    if (place !== null) this.#lines.get(place)?.disconnect(true);
    // It may be open to one that is not the master any more.
    this.#lookSoon();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#timerOfMoves);
    this.#cluster.off('refresh', this.#onRefresh);
    for (const line of this.#lines.values()) line.disconnect();
    this.#lines.clear();
  }

  #placeOf(slot: number): string | null {
    return this.#cluster.slots[slot]?.[0] ?? null;
  }

  #lineTo(place: string): Redis {
    const open = this.#lines.get(place);
    if (open) return open;
    const line = this.#connect(place);
    this.#lines.set(place, line);
    let isFirst = true;
    line.on('smessageBuffer', (channel, message) => this.emit('smessageBuffer', channel, message));
    // A master that has given a slot away ends the subscriptions to it, and does not say to whom: all that
    // are asked for there anew tell.
    line.on('moved', () => {
      this.#doubtful.add(place);
      this.#timerOfMoves ??= setTimeout(() => this.#askAgain(), MOVED_MS);
    });
    // Told that a subscription has ended while it waits for the answer to another, ioredis takes the one for
    // the other, and from then on each answer for the next one's.
    line.on('error', ({ message }) => {
      if (/^Command queue state error/.test(message)) line.disconnect(true);
    });
    line.on('close', () => {
      if (this.#lines.get(place) !== line) return;
      this.emit('interrupted');
      this.#lookSoon();
    });
    line.on('ready', () => {
      if (!isFirst) void this.#subscribeAgain((wanted) => wanted.place === place);
      isFirst = false;
    });
    return line;
  }

  /** Brings the channels of slots that have moved to where they are now; who had them has let go by itself. */
  async #settle(): Promise<void> {
    const isStray = ({ slot, place }: Wanted) => this.#placeOf(slot) !== place;
    const again = this.#subscribeAgain(isStray);
    const owners = new Set(this.#cluster.slots.map((places) => places?.[0]));
    for (const [place, line] of this.#lines) {
      if (owners.has(place)) continue;
      this.#lines.delete(place);
      line.disconnect();
    }
    await again;
  }

  #askAgain(): void {
    this.#timerOfMoves = undefined;
    const places = new Set(this.#doubtful);
    this.#doubtful.clear();
    void this.#subscribeAgain(({ place }) => place !== null && places.has(place));
  }

  /** Says when all of them are subscribed; what fails is looked after by who looks who holds what. */
  async #subscribeAgain(which: (wanted: Wanted) => boolean): Promise<void> {
    const channels = [...this.#channels].filter(([, wanted]) => which(wanted));
    if (this.#isClosed || channels.length === 0) return;
    this.emit('interrupted');
    const done = await Promise.allSettled(channels.map(([channel]) => this.ssubscribe(channel)));
    if (this.#isClosed || done.every(({ status }) => status === 'rejected')) return;
    this.emit('restored');
  }

  #lookSoon(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#cluster.refreshSlotsCache((fault) => {
        if (fault) this.#lookSoon();
      });
    }, LOOK_EVERY_MS);
  }
}
