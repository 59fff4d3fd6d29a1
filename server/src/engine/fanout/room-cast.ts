import {
  type Entry,
  followedChannels,
  type LeftReason,
  LIMITS,
  type Member,
  type Room,
} from '@pinroom/client/contract';
import type { Clock } from '../runtime/clock.js';
import { clientFrame } from './frame.port.js';
import type { LocalBroadcaster } from './local-broadcaster.port.js';
import type { LocalSeat } from './local-seat.js';
import type { LocalSeats } from './local-seats.js';
import type { PresenceEvent } from './presence-gatherer.js';

/** A room of thousands is told of its changes no more often than this. */
const UPDATE_MS = 200;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Says things to the seats of one room: to each what it may hear. */
export class RoomCast {
  readonly #roomId: string;
  readonly #seats: LocalSeats;
  readonly #broadcaster: LocalBroadcaster;

  readonly #clock: Clock;
  /** Since the room was told last; and as what it is told next. */
  #pause: { cancel(): void } | undefined;
  #next: Room | undefined;

  constructor(roomId: string, seats: LocalSeats, broadcaster: LocalBroadcaster, clock: Clock) {
    this.#roomId = roomId;
    this.#seats = seats;
    this.#broadcaster = broadcaster;
    this.#clock = clock;
  }

  /** A client's frame to those who may read the channel. Answers how many they are. */
  send(channel: string, body: Uint8Array): number {
    if (channel === 'room') {
      this.#broadcaster.broadcast(this.#roomId, body);
      return this.#seats.size;
    }
    const readers = this.#seats.readers(channel);
    if (readers.length === 0) return 0;
    const frame = decoder.decode(body);
    for (const seat of readers) seat.socket.sendFrame(frame);
    return readers.length;
  }

  /** The same with an entry that was read. */
  entry(entry: Entry): number {
    return this.send(
      entry.channel,
      encoder.encode(clientFrame('room:entry', JSON.stringify(entry))),
    );
  }

  /** In a crowded room only hosts get names, the others what has changed about themselves and the count. */
  presence(event: PresenceEvent): void {
    const crowded = event.memberCount > LIMITS.presenceDetailMembers;
    if (crowded) {
      for (const { socket } of this.#seats.hosts) socket.emit('room:presence', event);
      for (const member of event.changed) this.#tellOfThemselves(event, member);
    }
    this.#toAll('room:presence', crowded ? { ...event, joined: [], changed: [], left: [] } : event);
  }

  /** The room as it is now: at once, and of what changes in the moment after it the last. */
  updated(room: Room): void {
    if (this.#pause) {
      this.#next = room;
      return;
    }
    this.#toAll('room:updated', { room });
    this.#pause = this.#clock.after(UPDATE_MS, () => {
      this.#pause = undefined;
      const next = this.#next;
      this.#next = undefined;
      if (next) this.updated(next);
    });
  }

  stop(): void {
    this.#pause?.cancel();
  }

  /** `room:top` to every seat, each with the channels that it follows. */
  tops(
    tops: ReadonlyMap<string, string>,
    versions: { rev: number; stateVersion: number; presenceVersion: number },
  ): void {
    for (const { role, socket, userId } of this.#seats.all()) {
      const followed = followedChannels(role, userId).flatMap((channel) => {
        const top = tops.get(channel);
        return top === undefined ? [] : [[channel, top]];
      });
      socket.emit('room:top', {
        roomId: this.#roomId,
        tops: Object.fromEntries(followed),
        ...versions,
      });
    }
  }

  /** The last thing that a seat hears. */
  farewell({ socket }: LocalSeat, reason: string): void {
    socket.leaveTopic(this.#roomId);
    socket.emit('room:left', { roomId: this.#roomId, reason: leftReason(reason) });
  }

  #tellOfThemselves(event: PresenceEvent, member: Member): void {
    const own = { ...event, joined: [], changed: [member], left: [] };
    for (const { role, socket } of this.#seats.ofUser(member.userId)) {
      if (role !== 'host') socket.emit('room:presence', own);
    }
  }

  #toAll(event: string, payload: object): void {
    const frame = clientFrame(event, JSON.stringify(payload));
    this.#broadcaster.broadcast(this.#roomId, encoder.encode(frame));
  }
}

const LEFT_REASONS: readonly LeftReason[] = ['kicked', 'banned', 'closed', 'expired', 'left'];

/** A reason that this version does not know is at least clear in its effect. */
export function leftReason(reason: string): LeftReason {
  return LEFT_REASONS.find((known) => known === reason) ?? 'kicked';
}
