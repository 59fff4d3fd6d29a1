import { compareEntryIds, parseEntryId } from '../entry-id.js';
import type { ChannelSnapshot, Entry } from '../model.js';
import type { LogEvent } from './channel-log.js';
import type { RoomEvents } from './room-events.js';
import type { OutgoingMessage } from './send-queue.js';

/** What the sender is told of messages that were acknowledged before. */
export type SentEvent =
  | ({ readonly kind: 'resent' } & RoomEvents['resent'])
  | ({ readonly kind: 'unsure' } & RoomEvents['unsure']);

/** [CLIENT-16] Whatever is remembered has a bound in time or number. */
export interface SentLogOptions {
  /** A message is sent again only when it is younger; on the way the server must still know its key. */
  readonly maxAgeMs: number;
  /** For so long the server may not count a message in that it has acknowledged. */
  readonly inFlightMs: number;
  readonly maxMessages: number;
  /** Beyond it the oldest messages count as kept for good. */
  readonly maxNames: number;
}

export interface Acknowledgement {
  readonly id: string;
  /** When the entry was made, on the monotonic clock. */
  readonly madeAt: number;
  /** The newest epoch that was known when the server was asked. */
  readonly askedIn: number;
}

/** An acknowledged message by its name. */
interface Name {
  readonly channel: string;
  readonly key: string;
  readonly id: string;
  /** On the monotonic clock. */
  readonly madeAt: number;
  /** The newest epoch of the room in which it is known to be there. */
  epoch: number;
}

interface Sent extends Name {
  readonly message: OutgoingMessage;
}

export interface LostMessage extends Sent {
  /** When the loss was noticed, on the monotonic clock. */
  readonly noticedAt: number;
}

/**
 * What became of the own messages that a room's server has acknowledged. The server may lose the
 * newest entries of its channels; the room then goes on in a later epoch. This log says which
 * messages have to be sent again, and of which nobody can know. Pure: others send.
 *
 * [CLIENT-17] In a channel that is followed the first entry of an epoch says what survived before
 * it. Of a channel that is not followed nothing is heard: with each later epoch of the room all of
 * its messages are in doubt. To send one again for nothing does no harm: its key makes it count once.
 */
export class SentLog {
  readonly #options: SentLogOptions;
  /** Young enough to be sent again; the oldest first. */
  readonly #fresh = new Map<string, Sent>();
  /** Too old to be sent again. */
  readonly #old = new Map<string, Name>();
  /** To be sent again, by channel, ascending by their old ids. */
  readonly #lost = new Map<string, LostMessage[]>();
  /** In doubt and too old, by channel: what happens to the lost ones decides about them. */
  readonly #doubted = new Map<string, Name[]>();
  readonly #followed = new Set<string>();
  #epoch = 0;

  constructor(options: SentLogOptions) {
    this.#options = options;
  }

  /** The newest epoch of the room that was heard of. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Channels with messages to be sent again. */
  get lostChannels(): string[] {
    return [...this.#lost.keys()];
  }

  /** Messages to be sent again. */
  get lostCount(): number {
    return [...this.#lost.values()].flat().length;
  }

  /** The message of a channel that is to be sent again next. */
  next(channel: string): LostMessage | null {
    return this.#lost.get(channel)?.[0] ?? null;
  }

  /** The server has acknowledged a message, for the first time or again. */
  acknowledged(
    message: OutgoingMessage,
    { id, madeAt, askedIn }: Acknowledgement,
    now: number,
  ): SentEvent[] {
    const { channel, key } = message;
    if (!parseEntryId(id)) return this.refused(message, 'internal');
    const events: SentEvent[] = [];
    const before = this.#takeLost(channel, key);
    if (before && before.id !== id) {
      events.push({ kind: 'resent', channel, key, oldId: before.id, id });
    } else if (before) this.#survivesUpTo(channel, id, askedIn);
    const sent = { channel, key, id, message, madeAt, epoch: Math.max(epochOf(id), askedIn) };
    this.#old.delete(nameOf(sent));
    this.#fresh.delete(nameOf(sent));
    this.#fresh.set(nameOf(sent), sent);
    this.#rise(epochOf(id), now);
    // The answer was on its way when the room began another epoch.
    if (sent.epoch < this.#epoch) this.#doubt((other) => other === sent, now);
    this.#shed(now);
    return [...events, ...this.#tellHopeless()];
  }

  /** A message that was to be sent again was refused, or it took too long. */
  refused({ channel, key }: OutgoingMessage, reason: RoomEvents['unsure']['reason']): SentEvent[] {
    const lost = this.#takeLost(channel, key);
    return lost ? [unsure(lost, reason), ...this.#tellHopeless()] : [];
  }

  /** Nothing has to be done about a message that was to be sent again: one with its `once` is there. */
  stands({ channel, key }: OutgoingMessage): SentEvent[] {
    this.#takeLost(channel, key);
    return this.#tellHopeless();
  }

  /** The channels of a join answer: those that are followed from now on. */
  joined(channels: { readonly [channel: string]: ChannelSnapshot }, now: number): SentEvent[] {
    for (const channel of this.#followed) {
      if (!Object.hasOwn(channels, channel)) this.#followed.delete(channel);
    }
    for (const [channel, { entries, lastId, complete }] of Object.entries(channels)) {
      const epoch = epochOf(lastId ?? entries.at(-1)?.id ?? '');
      if (!this.#followed.has(channel)) {
        this.#doubtIn(channel, (sent) => sent.epoch < epoch, now);
        this.#followed.add(channel);
      }
      if (complete) this.#doubtIn(channel, ({ id }) => isAbove(id, lastId), now);
      this.#rise(epoch, now);
    }
    return this.#tellHopeless();
  }

  /** What a followed channel has told. */
  observed(channel: string, events: readonly LogEvent[], now: number): SentEvent[] {
    for (const event of events) {
      if (event.kind === 'entry') this.#heard(channel, event.entry, now);
      else if (event.kind === 'hole') {
        const { after, next } = event;
        const isPast = ({ id, epoch }: Name) => isAbove(id, after) && epoch < epochOf(next);
        this.#doubtIn(channel, isPast, now);
      }
    }
    return this.#tellHopeless();
  }

  /** The server says where channels stand. What was made just now may not be in it yet. */
  tops(tops: { readonly [channel: string]: string }, now: number): SentEvent[] {
    const newest = now - this.#options.inFlightMs;
    for (const [channel, top] of Object.entries(tops)) {
      this.#doubtIn(channel, ({ id, madeAt }) => madeAt < newest && isAbove(id, top), now);
    }
    return this.#tellHopeless();
  }

  /** Waits no longer for what followed channels say about the present epoch. */
  settle(now: number): SentEvent[] {
    this.#doubt(({ channel, epoch }) => epoch < this.#epoch && this.#followed.has(channel), now);
    return this.#tellHopeless();
  }

  /** It is over: nothing is sent again any more. */
  close(reason: RoomEvents['unsure']['reason']): SentEvent[] {
    const left = [...this.#lost.values()].flat().map((lost) => unsure(lost, reason));
    this.#lost.clear();
    const hopeless = this.#tellHopeless();
    this.#fresh.clear();
    this.#old.clear();
    return [...left, ...hopeless];
  }

  #heard(channel: string, { id, after }: Entry, now: number): void {
    const position = parseEntryId(id);
    if (!position) return;
    const { epoch, seq } = position;
    if (seq === 0) {
      const isGone = (sent: Name) => sent.epoch < epoch && isAbove(sent.id, after ?? null);
      this.#doubtIn(channel, isGone, now);
      this.#survives(channel, epoch);
    }
    this.#rise(epoch, now);
  }

  /** The room is in this epoch, so there may have been a loss in each of its channels. */
  #rise(epoch: number, now: number): void {
    if (epoch <= this.#epoch) return;
    this.#epoch = epoch;
    this.#doubt((sent) => sent.epoch < epoch && !this.#followed.has(sent.channel), now);
  }

  /** What is not in doubt is there in this epoch. */
  #survives(channel: string, epoch: number): void {
    for (const sent of [...this.#old.values(), ...this.#fresh.values()]) {
      if (sent.channel === channel) sent.epoch = Math.max(sent.epoch, epoch);
    }
  }

  #doubtIn(channel: string, isInDoubt: (sent: Name) => boolean, now: number): void {
    this.#doubt((sent) => sent.channel === channel && isInDoubt(sent), now);
  }

  #doubt(isInDoubt: (sent: Name) => boolean, now: number): void {
    for (const [name, sent] of this.#old) {
      if (!isInDoubt(sent)) continue;
      this.#old.delete(name);
      append(this.#doubted, sent);
    }
    for (const [name, sent] of this.#fresh) {
      if (!isInDoubt(sent)) continue;
      this.#fresh.delete(name);
      if (now - sent.madeAt > this.#options.maxAgeMs) append(this.#doubted, sent);
      else append(this.#lost, { ...sent, noticedAt: now });
    }
  }

  #takeLost(channel: string, key: string): LostMessage | null {
    const lost = this.#lost.get(channel) ?? [];
    const index = lost.findIndex((sent) => sent.key === key);
    const [taken = null] = index < 0 ? [] : lost.splice(index, 1);
    if (lost.length === 0) this.#lost.delete(channel);
    return taken;
  }

  /** A loss takes a channel's newest entries: what is older than one that survived is there as well. */
  #survivesUpTo(channel: string, id: string, epoch: number): void {
    const doubted = this.#doubted.get(channel) ?? [];
    this.#doubted.delete(channel);
    for (const sent of doubted) {
      if (isAbove(sent.id, id)) append(this.#doubted, sent);
      else this.#old.set(nameOf(sent), { ...sent, epoch });
    }
  }

  /** Nothing is under way that could still say something about these. */
  #tellHopeless(): SentEvent[] {
    const events: SentEvent[] = [];
    for (const [channel, doubted] of this.#doubted) {
      if (this.#lost.has(channel)) continue;
      this.#doubted.delete(channel);
      events.push(...doubted.map((sent) => unsure(sent, 'too_old')));
    }
    return events;
  }

  /** Keeps the bounds. */
  #shed(now: number): void {
    const { maxAgeMs, maxMessages, maxNames } = this.#options;
    for (const [name, { message: _, ...named }] of this.#fresh) {
      if (this.#fresh.size <= maxMessages && now - named.madeAt <= maxAgeMs) break;
      this.#fresh.delete(name);
      this.#old.set(name, named);
    }
    for (const name of this.#old.keys()) {
      if (this.#old.size <= maxNames) break;
      this.#old.delete(name);
    }
  }
}

/** Adds to a channel's list, which ascends. */
function append<T extends Name>(lists: Map<string, T[]>, sent: T): void {
  const list = lists.get(sent.channel) ?? [];
  lists.set(sent.channel, list);
  const place = list.findLastIndex(({ id }) => compareEntryIds(id, sent.id) <= 0);
  list.splice(place + 1, 0, sent);
}

function unsure({ channel, key, id }: Name, reason: RoomEvents['unsure']['reason']): SentEvent {
  return { kind: 'unsure', channel, key, id, reason };
}

function nameOf({ channel, key }: Name): string {
  return `${channel} ${key}`;
}

function epochOf(id: string): number {
  return parseEntryId(id)?.epoch ?? 0;
}

/** `after` is null: everything is above it. */
function isAbove(id: string, after: string | null): boolean {
  return after === null || compareEntryIds(id, after) > 0;
}
