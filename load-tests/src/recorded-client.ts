import {
  type ClientOptions,
  type Entry,
  PinroomClient,
  type RoomEvents,
  type RoomHandle,
  type SendOptions,
  type SendReceipt,
  userChannel,
} from '@pinroom/client';
import type { ClientRecord, RoomPresence, SeenReset, SentMessage } from './delivery-record.js';

/** Where it is noted what was seen of a channel, in the order in which it was. */
export interface SeenEntries {
  readonly length: number;
  readonly newest: Entry | undefined;
  push(entry: Entry): void;
  all(): readonly Entry[];
}

interface Seen {
  readonly entries: SeenEntries;
  readonly resets: SeenReset[];
}

export interface RecordedClientOptions extends Omit<ClientOptions, 'nickname'> {
  readonly url: string;
  /** See EntryInterning; by default each entry is kept as it came. */
  readonly intern?: (entry: Entry) => Entry;
  /** Where what is seen of a channel is noted; by default in a list of its own. */
  readonly noteIn?: (roomId: string, channel: string) => SeenEntries;
  /** Called with each entry, when it is noted. */
  readonly onEntry?: (entry: Entry) => void;
}

/** A client that writes down what it sends and sees in one room, for the delivery check. */
export class RecordedClient {
  readonly name: string;
  readonly client: PinroomClient;
  readonly #options: Required<Pick<RecordedClientOptions, 'intern' | 'noteIn' | 'onEntry'>>;
  readonly #sent: SentMessage[] = [];
  /** Why the client cannot know whether a message survived, by key. */
  readonly #unsure = new Map<string, RoomEvents['unsure']['reason']>();
  readonly #seen = new Map<string, Seen>();
  #room: RoomHandle | null = null;
  #count = 0;
  #hasLeft = false;
  readonly #receipts = new Map<string, string>();

  constructor(name: string, options: RecordedClientOptions) {
    const {
      intern = (entry: Entry) => entry,
      noteIn = () => new ListOfEntries(),
      onEntry = () => {},
      ...clientOptions
    } = options;
    this.name = name;
    this.#options = { intern, noteIn, onEntry };
    this.client = new PinroomClient({ ...clientOptions, nickname: name });
  }

  get hasJoined(): boolean {
    return this.#room !== null;
  }

  get room(): RoomHandle {
    if (!this.#room) throw new Error(`${this.name} is in no room.`);
    return this.#room;
  }

  get userId(): string {
    return this.room.self.userId;
  }

  async join(place: { pin: string } | { roomId: string }): Promise<RoomHandle> {
    await this.client.start();
    const room = await this.client.joinRoom(place);
    this.#room = room;
    const { intern, noteIn, onEntry } = this.#options;
    const own = userChannel(this.userId);
    const channels = room.isHost ? ['room', 'host', 'log', own] : ['room', own];
    const note = (raw: Entry) => {
      const seen = this.#seen.get(raw.channel);
      if (!seen) return;
      const entry = intern(raw);
      seen.entries.push(entry);
      onEntry(entry);
    };
    for (const channel of channels) {
      this.#seen.set(channel, { entries: noteIn(room.id, channel), resets: [] });
      for (const entry of room.entries(channel)) note(entry);
    }
    room.on('entry', note);
    room.on('reset', ({ channel, after }) => {
      const seen = this.#seen.get(channel);
      seen?.resets.push({ index: seen.entries.length, after });
    });
    room.on('unsure', ({ key, reason }) => this.#unsure.set(key, reason));
    return room;
  }

  /** Sends with a key of its own, if none is given, and keeps the receipt. */
  async send(type: string, payload: unknown, options: SendOptions = {}): Promise<SendReceipt> {
    const { channel = 'room', key = `${this.name}-${this.#count++}` } = options;
    const roomId = this.room.id;
    try {
      const receipt = await this.room.send(type, payload, { ...options, key });
      this.#sent.push({ roomId, channel, key, id: receipt.id });
      this.#receipts.set(channel, receipt.id);
      return receipt;
    } catch (fault) {
      this.#sent.push({ roomId, channel, key, id: null });
      throw fault;
    }
  }

  /** Leaves for good: from now on nothing need reach it. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    await this.room.leave({ everywhere: true });
  }

  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** The newest entry that was seen in a channel. */
  newestSeen(channel: string): string | null {
    return this.#seen.get(channel)?.entries.newest?.id ?? null;
  }

  /** The newest receipt of each channel. */
  get newestReceipts(): ReadonlyMap<string, string> {
    return this.#receipts;
  }

  /** How much was seen, in all channels. */
  get seenCount(): number {
    let count = 0;
    for (const { entries } of this.#seen.values()) count += entries.length;
    return count;
  }

  /** Why the client could not know of messages whether they survived. */
  get unsureReasons(): readonly string[] {
    return [...this.#unsure.values()];
  }

  record(): ClientRecord {
    const roomId = this.room.id;
    return {
      name: this.name,
      userId: this.userId,
      hosts: this.room.isHost ? [roomId] : [],
      // Sending it again must not have failed in any other way.
      sent: this.#sent.map((sent) => ({
        ...sent,
        unsure: this.#unsure.get(sent.key) === 'too_old',
      })),
      seen: [...this.#seen].map(([channel, { entries, resets }]) => ({
        roomId,
        channel,
        entries: entries.all(),
        resets,
        untilEnd: !this.#hasLeft,
      })),
      presence: this.#hasLeft ? [] : [this.#presence()],
    };
  }

  #presence(): RoomPresence {
    const { id: roomId, memberCount, members, membersComplete } = this.room;
    const online = membersComplete
      ? new Map([...members].map(([userId, member]) => [userId, member.online]))
      : null;
    return { roomId, memberCount, online };
  }
}

class ListOfEntries implements SeenEntries {
  readonly #entries: Entry[] = [];

  get length(): number {
    return this.#entries.length;
  }

  get newest(): Entry | undefined {
    return this.#entries.at(-1);
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  all(): readonly Entry[] {
    return this.#entries;
  }
}
