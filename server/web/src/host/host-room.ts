import type { Member, PinroomError, RoomHandle } from '@pinroom/client';
import { computed, effect, type ReadonlySignal } from '@preact/signals';
import { t } from '../i18n/translate.js';
import type { RoomStore } from '../room/room-store.js';
import { announce } from '../ui/announcer.js';
import { ChannelPast } from './channel-past.js';
import { attempt, notice } from './notices.js';
import { PeopleList } from './people-list.js';
import { RoundKeeper } from './round-keeper.js';

/** Who came is said together, not one by one. */
const JOIN_NEWS_MS = 2_500;
const NAMED = 3;

/** A room as its host's page has it. */
export class HostRoom {
  readonly handle: RoomHandle;
  readonly store: RoomStore;
  readonly people: PeopleList;
  readonly feed: ChannelPast;
  readonly log: ChannelPast;
  readonly rounds: RoundKeeper;
  /** Everybody but the hosts. */
  readonly guestCount: ReadonlySignal<number>;
  /** Whoever plays and is connected. */
  readonly playersOnline: ReadonlySignal<readonly Member[]>;
  readonly #stops: (() => void)[] = [];
  #newcomers: Member[] = [];
  #joinNews: ReturnType<typeof setTimeout> | undefined;
  /** This page is changing the PIN itself. */
  #ownPinChange = false;

  constructor(store: RoomStore) {
    const { handle } = store;
    this.handle = handle;
    this.store = store;
    this.people = new PeopleList(handle, (joined) => this.#tellOf(joined));
    this.feed = new ChannelPast(handle, 'room');
    this.log = new ChannelPast(handle, 'log');
    this.guestCount = computed(() => {
      const known = this.people.members.value;
      const guests = known.filter(({ role }) => role !== 'host').length;
      return Math.max(guests, this.store.memberCount.value - (known.length - guests));
    });
    this.playersOnline = computed(() =>
      this.people.members.value.filter(({ role, online }) => role === 'player' && online),
    );
    // Nobody waits for who cannot answer.
    const answerers = computed(() => this.playersOnline.value.filter(({ muted }) => !muted));
    this.rounds = new RoundKeeper({ store, feed: this.feed, answerers });
    this.#stops.push(this.#watchPin(), this.#watchDoor());
  }

  async newPin(): Promise<void> {
    this.#ownPinChange = true;
    try {
      await this.handle.newPin();
    } finally {
      // The news of it may come a moment after the answer.
      setTimeout(() => {
        this.#ownPinChange = false;
      }, 1_000);
    }
  }

  /** Lets these in who wait at the door, or not. There may be more of them than the server takes at once. */
  async decide(userIds: readonly string[], admit: boolean): Promise<void> {
    for (const userId of userIds) {
      while (!(await this.#decideOne(userId, admit)));
    }
  }

  /** Lets new people in, or not. */
  toggleLock(): Promise<boolean> {
    const { locked } = this.store.room.peek();
    const done = locked ? t('lock.opened') : t('lock.closed');
    return attempt(() => this.handle.update({ locked: !locked }), done);
  }

  dispose(): void {
    clearTimeout(this.#joinNews);
    for (const stop of this.#stops) stop();
    this.rounds.dispose();
    this.people.dispose();
    this.feed.dispose();
    this.log.dispose();
  }

  /** False: it is too early. */
  async #decideOne(userId: string, admit: boolean): Promise<boolean> {
    try {
      await this.handle.admit(userId, admit);
      return true;
    } catch (fault) {
      const { code, retryAfterMs } = fault as Partial<PinroomError>;
      if (code !== 'rate_limited' || retryAfterMs === undefined) throw fault;
      await new Promise((done) => setTimeout(done, retryAfterMs));
      return false;
    }
  }

  #watchPin(): () => void {
    let known = this.store.room.peek().pin;
    return effect(() => {
      const { pin } = this.store.room.value;
      if (pin === known) return;
      known = pin;
      if (pin === null || this.#ownPinChange) return;
      notice(t('pin.replaced', { pin: [...pin].join(' ') }));
    });
  }

  #watchDoor(): () => void {
    let known = 0;
    return effect(() => {
      const count = this.store.waiting.value.length;
      if (count > known) announce(t('door.announce', { count }));
      known = count;
    });
  }

  #tellOf(joined: readonly Member[]): void {
    const self = this.store.self.peek().userId;
    this.#newcomers.push(...joined.filter(({ userId }) => userId !== self));
    if (this.#newcomers.length === 0) return;
    this.#joinNews ??= setTimeout(() => {
      this.#joinNews = undefined;
      const names = this.#newcomers.map(({ nickname }) => nickname);
      this.#newcomers = [];
      const total = this.guestCount.peek();
      const text =
        names.length <= NAMED
          ? t('people.joined', { names: names.join(', '), total })
          : t('people.joined-many', { count: names.length, total });
      announce(text);
    }, JOIN_NEWS_MS);
  }
}
