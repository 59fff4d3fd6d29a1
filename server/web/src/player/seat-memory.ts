import { type PageStorage, readKept } from '../ui/page-storage.js';

/** Where one was, so that one finds back there. */
export interface Seat {
  readonly roomId: string;
  readonly title: string;
  readonly nickname: string;
  /** As it was last known; null: the room was closed. */
  readonly pin: string | null;
  /** On purpose: then nobody is taken back without being asked. */
  readonly hasLeft?: boolean;
}

const SEAT = 'pinroom:seat';
const NICKNAME = 'pinroom:nickname';

/**
 * Remembers the room that this tab is in, for a reload; and the room that this browser was in last, for
 * a later visit.
 */
export class SeatMemory {
  readonly #browser: PageStorage;
  readonly #tab: PageStorage;

  constructor(browser: PageStorage, tab: PageStorage) {
    this.#browser = browser;
    this.#tab = tab;
  }

  /** How one called oneself last; empty: never. */
  get nickname(): string {
    return this.#browser.getItem(NICKNAME) ?? '';
  }

  set nickname(nickname: string) {
    write(this.#browser, NICKNAME, nickname);
  }

  /** The room that this tab is in. */
  get here(): Seat | null {
    return readSeat(this.#tab);
  }

  /** The room that was entered last, in whichever tab. */
  get last(): Seat | null {
    return readSeat(this.#browser);
  }

  /** One is in this room; also when its title, its PIN or one's name has changed. */
  keep(seat: Seat): void {
    const text = JSON.stringify(seat);
    write(this.#tab, SEAT, text);
    write(this.#browser, SEAT, text);
    this.nickname = seat.nickname;
  }

  /** This tab is in no room any more; one may come back. */
  leave(): void {
    const { here, last } = this;
    this.#tab.removeItem(SEAT);
    if (last && last.roomId === here?.roomId) {
      write(this.#browser, SEAT, JSON.stringify({ ...last, hasLeft: true }));
    }
  }

  /** There is no way back into this room. */
  forget(roomId: string): void {
    if (this.here?.roomId === roomId) this.#tab.removeItem(SEAT);
    if (this.last?.roomId === roomId) this.#browser.removeItem(SEAT);
  }
}

function readSeat(storage: PageStorage): Seat | null {
  const { roomId, title, nickname, pin, hasLeft } = readKept(storage, SEAT) ?? {};
  if (typeof roomId !== 'string' || typeof title !== 'string' || typeof nickname !== 'string') {
    return null;
  }
  return {
    roomId,
    title,
    nickname,
    pin: typeof pin === 'string' ? pin : null,
    ...(hasLeft === true ? { hasLeft } : {}),
  };
}

/** Rooms change often, and seldom what is kept of them. */
function write(storage: PageStorage, key: string, value: string): void {
  if (storage.getItem(key) !== value) storage.setItem(key, value);
}
