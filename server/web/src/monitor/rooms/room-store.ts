import type { OperatorClient, OperatorRoomView } from '@pinroom/client';
import { Question } from '../question.js';
import { EntryReader } from './entry-reader.js';
import { Pages } from './pages.js';

const REFRESH_MS = 5_000;
const MEMBERS_PER_PAGE = 50;

/** One room as an operator sees it. */
export class RoomStore {
  readonly id: string;
  readonly question = new Question<OperatorRoomView>();
  readonly pages = new Pages();
  readonly entries: EntryReader;
  readonly #client: OperatorClient;

  constructor(client: OperatorClient, id: string) {
    this.#client = client;
    this.id = id;
    this.entries = new EntryReader(client, id);
  }

  /** Keeps it fresh until what it gives is called. */
  watch(): () => void {
    void this.ask();
    const timer = setInterval(() => {
      if (!document.hidden && !this.question.isAsking.value) void this.ask();
    }, REFRESH_MS);
    return () => clearInterval(timer);
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

  ask(): Promise<OperatorRoomView | null> {
    const cursor = this.pages.cursor;
    return this.question.ask(() =>
      this.#client.room(this.id, { ...(cursor ? { cursor } : {}), limit: MEMBERS_PER_PAGE }),
    );
  }
}
