import type { Entry, EntryPage, OperatorClient } from '@pinroom/client';
import { signal } from '@preact/signals';
import { Question } from '../question.js';

const PER_PAGE = 25;

/** Reads what was written in a room, once an operator has asked for it: the server notes each look. */
export class EntryReader {
  readonly question = new Question<EntryPage>();
  /** Null: nobody has asked to see anything. */
  readonly channel = signal<string | null>(null);
  /** Ascending. */
  readonly entries = signal<readonly Entry[]>([]);
  /** Null: there is nothing older. */
  readonly before = signal<string | null>(null);
  readonly #client: OperatorClient;
  readonly #roomId: string;

  constructor(client: OperatorClient, roomId: string) {
    this.#client = client;
    this.#roomId = roomId;
  }

  /** The newest of a channel. */
  async open(channel: string): Promise<void> {
    if (channel !== this.channel.value) {
      this.entries.value = [];
      this.before.value = null;
    }
    this.channel.value = channel;
    const page = await this.#ask(channel);
    if (!page) return;
    this.entries.value = page.entries;
    this.before.value = page.nextCursor;
  }

  async older(): Promise<void> {
    const channel = this.channel.value;
    const before = this.before.value;
    if (channel === null || before === null) return;
    const page = await this.#ask(channel, before);
    if (!page) return;
    this.entries.value = [...page.entries, ...this.entries.value];
    this.before.value = page.nextCursor;
  }

  close(): void {
    this.channel.value = null;
    this.entries.value = [];
    this.before.value = null;
    this.question.forget();
  }

  #ask(channel: string, before?: string): Promise<EntryPage | null> {
    return this.question.ask(() =>
      this.#client.entries(this.#roomId, {
        channel,
        ...(before ? { before } : {}),
        limit: PER_PAGE,
      }),
    );
  }
}
