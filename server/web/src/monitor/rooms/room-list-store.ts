import type { OperatorClient, OperatorRoomList } from '@pinroom/client';
import { signal } from '@preact/signals';
import { PagedQuestion } from './paged-question.js';

const REFRESH_MS = 10_000;
const PER_PAGE = 25;

/** The open rooms, a page at a time, or the one that has a PIN. */
export class RoomListStore extends PagedQuestion<OperatorRoomList> {
  /** What is looked for; empty: all rooms. */
  readonly pin = signal('');
  readonly #client: OperatorClient;

  constructor(client: OperatorClient) {
    super(REFRESH_MS);
    this.#client = client;
  }

  async search(pin: string): Promise<OperatorRoomList | null> {
    this.pin.value = pin;
    this.pages.first();
    return this.ask();
  }

  protected override read(cursor: string | undefined): Promise<OperatorRoomList> {
    const pin = this.pin.value;
    const page = { ...(cursor ? { cursor } : {}), limit: PER_PAGE };
    return this.#client.rooms(pin === '' ? page : { pin });
  }
}
