import type { OperatorClient, OperatorRoomList } from '@pinroom/client';
import { signal } from '@preact/signals';
import { Question } from '../question.js';
import { Pages } from './pages.js';

const REFRESH_MS = 10_000;
const PER_PAGE = 25;

/** The open rooms, a page at a time, or the one that has a PIN. */
export class RoomListStore {
  readonly question = new Question<OperatorRoomList>();
  readonly pages = new Pages();
  /** What is looked for; empty: all rooms. */
  readonly pin = signal('');
  readonly #client: OperatorClient;

  constructor(client: OperatorClient) {
    this.#client = client;
  }

  /** Keeps the page fresh until what it gives is called. */
  watch(): () => void {
    void this.ask();
    const timer = setInterval(() => {
      if (!document.hidden && !this.question.isAsking.value) void this.ask();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }

  async search(pin: string): Promise<OperatorRoomList | null> {
    this.pin.value = pin;
    this.pages.first();
    return this.ask();
  }

  async next(): Promise<void> {
    const cursor = this.question.answer.value?.nextCursor;
    if (cursor) this.pages.next(cursor);
    await this.ask();
  }

  async back(): Promise<void> {
    this.pages.back();
    await this.ask();
  }

  ask(): Promise<OperatorRoomList | null> {
    const pin = this.pin.value;
    const cursor = this.pages.cursor;
    return this.question.ask(() =>
      this.#client.rooms(pin === '' ? { ...(cursor ? { cursor } : {}), limit: PER_PAGE } : { pin }),
    );
  }
}
