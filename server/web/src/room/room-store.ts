import {
  compareEntryIds,
  type Entry,
  type HostState,
  type Member,
  type Room,
  type RoomEvents,
  type RoomHandle,
  type RoomState,
  type RoomStatus,
} from '@pinroom/client';
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';

/** Entries of a channel that a page keeps. */
const KEPT = 500;

/** A room as signals: what a page reads of it is rendered again when it changes. */
export class RoomStore {
  readonly handle: RoomHandle;
  readonly room: ReadonlySignal<Room>;
  readonly self: ReadonlySignal<Member>;
  readonly memberCount: ReadonlySignal<number>;
  /** Everybody but the hosts that are known: whom pages count as people. */
  readonly guestCount: ReadonlySignal<number>;
  readonly hostState: ReadonlySignal<HostState>;
  /** To hosts: who waits at the door. */
  readonly waiting: ReadonlySignal<readonly Member[]>;
  readonly state: ReadonlySignal<RoomState>;
  readonly status: ReadonlySignal<RoomStatus>;
  /** How many entries the last absence has missed, which are here now; null: it was none, or that was seen. */
  readonly missed: Signal<number | null>;
  /** Why it is over; null while it is not. */
  readonly left: ReadonlySignal<RoomEvents['left']['reason'] | null>;
  readonly #channels = new Map<string, Signal<readonly Entry[]>>();

  constructor(handle: RoomHandle) {
    this.handle = handle;
    const room = signal(handle.room);
    const self = signal(handle.self);
    const memberCount = signal(handle.memberCount);
    /** Counts what was told of the people, so that what is derived of them is so anew where it is read. */
    const news = signal(0);
    const hostState = signal(handle.hostState);
    const waiting = signal(handle.waiting);
    const state = signal(handle.state);
    const status = signal(handle.status);
    const left = signal<RoomEvents['left']['reason'] | null>(null);
    this.missed = signal(null);
    this.room = room;
    this.self = self;
    this.memberCount = memberCount;
    this.guestCount = computed(() => {
      void news.value;
      return guestsOf(handle);
    });
    this.hostState = hostState;
    this.waiting = waiting;
    this.state = state;
    this.status = status;
    this.left = left;
    const people = () => {
      self.value = handle.self;
      memberCount.value = handle.memberCount;
      news.value++;
      hostState.value = handle.hostState;
    };
    handle.on('presence', people);
    handle.on('updated', () => {
      room.value = handle.room;
      people();
    });
    handle.on('waiting', () => {
      waiting.value = handle.waiting;
    });
    handle.on('state', () => {
      state.value = handle.state;
    });
    handle.on('status', (change) => {
      status.value = change.status;
      if (change.status === 'live' && change.missed > 0) this.missed.value = change.missed;
      room.value = handle.room;
      waiting.value = handle.waiting;
      people();
    });
    handle.on('left', ({ reason }) => {
      left.value = reason;
      status.value = handle.status;
    });
    handle.on('entry', (entry) => this.#append(entry));
    handle.on('reset', ({ channel }) => {
      const known = this.#channels.get(channel);
      if (known) known.value = handle.entries(channel);
    });
  }

  /** The newest entries of a channel, ascending. */
  entries(channel: string): ReadonlySignal<readonly Entry[]> {
    let known = this.#channels.get(channel);
    if (!known) {
      known = signal(this.handle.entries(channel).slice(-KEPT));
      this.#channels.set(channel, known);
    }
    return known;
  }

  /** Whether somebody speaks for the room now: a host, or the application with its key. */
  isHost(from: Entry['from']): boolean {
    return from === null || this.room.value.hostIds.includes(from.userId);
  }

  /**
   * Whether an entry was said for the room. What only hosts may send stays so when the one who sent it is host no
   * more; of everything else the hosts of now are asked.
   */
  isSpoken({ from, type }: Entry): boolean {
    return this.#isForHosts(type) || this.isHost(from);
  }

  #isForHosts(type: string): boolean {
    const { player, spectator } = this.room.value.settings.typesByRole;
    const isKept = (types: readonly string[] | undefined) => types?.includes(type) === false;
    return isKept(player) && isKept(spectator);
  }

  #append(entry: Entry): void {
    const known = this.#channels.get(entry.channel);
    const last = known?.value.at(-1);
    // What the handle gave after a `reset`, or when a role came back, it may tell once more.
    if (!known || (last && compareEntryIds(entry.id, last.id) <= 0)) return;
    known.value = [...known.value, entry].slice(-KEPT);
  }
}

function guestsOf({ members, memberCount }: RoomHandle): number {
  let hosts = 0;
  for (const { role } of members.values()) if (role === 'host') hosts++;
  return Math.max(0, memberCount - hosts);
}
