import type { JoinWish, PinroomError, RoomHandle } from '@pinroom/client';
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { client, isOnline } from '../room/page-client.js';
import { RoomStore } from '../room/room-store.js';
import { openStorage } from '../ui/page-storage.js';
import { Attempts } from './attempts.js';
import { pinOfAddress } from './pin-reading.js';
import { type Seat, SeatMemory } from './seat-memory.js';

/** The room that one is about to enter. */
export interface Goal {
  readonly roomId: string;
  readonly title: string;
  readonly pin: string | null;
  readonly isLocked: boolean;
  readonly isFull: boolean;
  /** One was in it before: then it is asked for by its id, as its PIN may be another one now. */
  readonly isReturn: boolean;
}

/** What the page shows. */
export type View =
  | { readonly name: 'pin' }
  | { readonly name: 'name'; readonly goal: Goal; readonly needsPasscode: boolean }
  | { readonly name: 'joining'; readonly goal: Goal }
  | { readonly name: 'waiting'; readonly goal: Goal }
  | { readonly name: 'room'; readonly store: RoomStore }
  | { readonly name: 'ended'; readonly reason: string; readonly seat: Seat | null };

/** What leaves nothing to try again with the same page. */
const FINAL: ReadonlySet<string> = new Set([
  'banned',
  'origin_denied',
  'protocol_mismatch',
  'room_closed',
  'session_ended',
  'unauthenticated',
]);

/** What makes coming back by itself pointless. */
const NO_WAY_BACK: ReadonlySet<string> = new Set([
  'banned',
  'closed',
  'expired',
  'kicked',
  'room_closed',
  'room_not_found',
]);

/** The way from the address of the page into a room, out of it, and back. */
export class Visit {
  readonly memory: SeatMemory;
  readonly view: ReadonlySignal<View>;
  /** What went wrong with the last step; null: nothing. */
  readonly fault: Signal<PinroomError | null> = signal(null);
  /** The PIN to begin with, from the address or typed before. */
  readonly typed = signal('');
  readonly attempts = new Attempts({ isOnline: () => isOnline.peek() });
  /** What one has said of oneself last, for a second try. */
  wish: JoinWish = {};
  readonly #view: Signal<View> = signal({ name: 'pin' });
  #endRoom = () => {};

  constructor(memory = new SeatMemory(openStorage('localStorage'), openStorage('sessionStorage'))) {
    this.memory = memory;
    this.view = this.#view;
    client.on('waiting', () => {
      const { value } = this.#view;
      if (value.name === 'joining') this.#show({ name: 'waiting', goal: value.goal });
    });
  }

  /** Goes on from where the address, and what this tab remembers, lead. */
  begin(): void {
    const pin = pinOfAddress(location.pathname);
    const { here } = this.memory;
    if (here && (pin === null || pin === here.pin)) {
      void this.comeBack(here);
      return;
    }
    if (pin === null) return;
    this.typed.value = pin;
    void this.find(pin);
  }

  /** Looks for the room; who was in it goes straight back. */
  async find(pin: string): Promise<void> {
    const { last } = this.memory;
    const room = await this.#try(
      async () => (await client.findByPin(pin)).room,
      (fault) => this.#cannotFind(fault),
    );
    if (!room) return;
    if (last?.roomId === room.id && !last.hasLeft)
      return this.comeBack({ ...last, title: room.title });
    const { id: roomId, title, locked: isLocked, full: isFull } = room;
    const goal = { roomId, title, pin: room.pin, isLocked, isFull, isReturn: false };
    this.wish = {};
    this.#connect();
    this.#setAddress(room.pin);
    this.#show({ name: 'name', goal, needsPasscode: false });
  }

  /** Into a room that one was in, under the name of then. */
  comeBack({ roomId, title, nickname, pin }: Seat): Promise<void> {
    const goal = { roomId, title, pin, isLocked: false, isFull: false, isReturn: true };
    return this.join(goal, { nickname });
  }

  async join(goal: Goal, wish: JoinWish): Promise<void> {
    this.wish = wish;
    if (wish.nickname !== undefined) this.memory.nickname = wish.nickname;
    this.#show({ name: 'joining', goal });
    const { roomId, pin, isReturn } = goal;
    const place = isReturn || pin === null ? { roomId } : { pin };
    this.#connect();
    const handle = await this.#try(
      (signal) => client.joinRoom({ ...place, ...wish, signal }),
      (fault) => this.#refused(goal, wish, fault),
    );
    if (handle) this.#enter(handle);
  }

  /** Gives up what is under way. */
  cancel(): void {
    const { value } = this.#view;
    this.attempts.cancel();
    if (value.name !== 'joining' && value.name !== 'waiting') return;
    const needsPasscode = this.wish.passcode !== undefined;
    this.#show({ name: 'name', goal: value.goal, needsPasscode });
  }

  /** Waits no longer for the next attempt. */
  retryNow(): void {
    this.attempts.retryNow();
    // The connection looks for itself when the network is back; this is a person who says so.
    dispatchEvent(new Event('online'));
  }

  /** To the PIN of another room. */
  startOver(): void {
    this.memory.leave();
    this.attempts.cancel();
    this.typed.value = '';
    this.#setAddress(null);
    this.#show({ name: 'pin' });
  }

  /** Asks for the name again, for a room that did not let one back in by itself. */
  askAgain({ roomId, title, nickname, pin }: Seat): void {
    this.wish = { nickname };
    const goal = { roomId, title, pin, isLocked: false, isFull: false, isReturn: true };
    this.#show({ name: 'name', goal, needsPasscode: false });
  }

  #enter(handle: RoomHandle): void {
    const store = new RoomStore(handle);
    this.#endRoom();
    this.#endRoom = effect(() => {
      const { id: roomId, title, pin } = store.room.value;
      const { nickname } = store.self.value;
      const reason = store.left.value;
      const seat = { roomId, title, nickname, pin };
      if (reason !== null) this.#left(reason, seat);
      else {
        this.memory.keep(seat);
        this.#setAddress(pin);
      }
    });
    if (store.left.peek() === null) this.#show({ name: 'room', store });
  }

  #left(reason: string, seat: Seat): void {
    if (NO_WAY_BACK.has(reason)) this.memory.forget(seat.roomId);
    else if (reason === 'left') this.memory.leave();
    this.#show({ name: 'ended', reason, seat });
  }

  #refused(goal: Goal, wish: JoinWish, fault: PinroomError): void {
    const { code } = fault;
    const { roomId, title, pin } = goal;
    if (NO_WAY_BACK.has(code)) this.memory.forget(roomId);
    if (FINAL.has(code)) {
      const seat = { roomId, title, nickname: wish.nickname ?? '', pin };
      this.#show({ name: 'ended', reason: code, seat });
      return;
    }
    if (code === 'room_not_found') {
      this.startOver();
      this.fault.value = fault;
      return;
    }
    const needsPasscode = code === 'passcode_required' || wish.passcode !== undefined;
    this.#show({ name: 'name', goal, needsPasscode });
    // That there is a passcode is no fault of who was not asked for it.
    if (code !== 'passcode_required' || wish.passcode !== undefined) this.fault.value = fault;
  }

  /** Undefined where it was given up or has failed for good. */
  async #try<T>(
    ask: (signal: AbortSignal) => Promise<T>,
    refused: (fault: PinroomError) => void,
  ): Promise<T | undefined> {
    this.fault.value = null;
    const outcome = await this.attempts.run(ask);
    if (outcome.kind === 'done') return outcome.value;
    if (outcome.kind === 'failed') refused(outcome.fault);
    return undefined;
  }

  #cannotFind(fault: PinroomError): void {
    if (FINAL.has(fault.code)) this.#show({ name: 'ended', reason: fault.code, seat: null });
    this.fault.value = fault;
  }

  /** The first command would do it too; so the connection stands while the name is being typed. */
  #connect(): void {
    client.start().catch(() => {});
  }

  #show(view: View): void {
    this.fault.value = null;
    this.#view.value = view;
  }

  /** The address of a room leads back into it, and to it who gets it from somebody. */
  #setAddress(pin: string | null): void {
    const path = pin === null ? '/' : `/r/${pin}`;
    if (location.pathname !== path) history.replaceState(null, '', path);
  }
}
