import type { OperatorClient, OperatorRoomView } from '@pinroom/client';
import { EntryReader } from './entry-reader.js';
import { PagedQuestion } from './paged-question.js';

const REFRESH_MS = 5_000;
const MEMBERS_PER_PAGE = 50;

/** One room as an operator sees it. */
export class RoomStore extends PagedQuestion<OperatorRoomView> {
  readonly id: string;
  readonly entries: EntryReader;
  readonly #client: OperatorClient;

  constructor(client: OperatorClient, id: string) {
    super(REFRESH_MS);
    this.#client = client;
    this.id = id;
    this.entries = new EntryReader(client, id);
  }

  protected override read(cursor: string | undefined): Promise<OperatorRoomView> {
    return this.#client.room(this.id, { ...(cursor ? { cursor } : {}), limit: MEMBERS_PER_PAGE });
  }
}
