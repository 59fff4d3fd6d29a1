import {
  type ClientOptions,
  type Entry,
  PinroomClient,
  type RoomEvents,
  type RoomHandle,
  type SendOptions,
} from '@pinroom/client';
import type { ClientRecord, RoomPresence, SeenReset, SentMessage } from './delivery-record.js';

interface Seen {
  readonly entries: Entry[];
  readonly resets: SeenReset[];
}

export interface RecordedClientOptions extends Omit<ClientOptions, 'nickname'> {
  readonly url: string;
  /** See EntryInterning; by default each entry is kept as it came. */
  readonly intern?: (entry: Entry) => Entry;
}

/** A client that writes down what it sends and sees in one room, for the delivery check. */
export class RecordedClient {
  readonly name: string;
  readonly client: PinroomClient;
  readonly #intern: (entry: Entry) => Entry;
  readonly #sent: SentMessage[] = [];
  /** Why the client cannot know whether a message survived, by key. */
  readonly #unsure = new Map<string, RoomEvents['unsure']['reason']>();
  readonly #seen = new Map<string, Seen>();
  #room: RoomHandle | null = null;
  #count = 0;

  constructor(name: string, options: RecordedClientOptions) {
    const { intern = (entry: Entry) => entry, ...clientOptions } = options;
    this.name = name;
    this.#intern = intern;
    this.client = new PinroomClient({ ...clientOptions, nickname: name });
  }

  get hasJoined(): boolean {
    return this.#room !== null;
  }

  get room(): RoomHandle {
    if (!this.#room) throw new Error(`${this.name} is in no room.`);
    return this.#room;
  }

  async join(place: { pin: string } | { roomId: string }): Promise<RoomHandle> {
    await this.client.start();
    const room = await this.client.joinRoom(place);
    this.#room = room;
    const channels = room.isHost ? ['room', 'host', 'log'] : ['room'];
    for (const channel of channels) {
      const entries: Entry[] = [];
      this.#seen.set(channel, { entries, resets: [] });
      room.follow(channel, (entry) => entries.push(this.#intern(entry)));
    }
    room.on('reset', ({ channel, after }) => {
      const seen = this.#seen.get(channel);
      seen?.resets.push({ index: seen.entries.length, after });
    });
    room.on('unsure', ({ key, reason }) => this.#unsure.set(key, reason));
    return room;
  }

  /** Sends with a key of its own, and keeps the receipt. */
  async send(type: string, payload: unknown, options: SendOptions = {}): Promise<void> {
    const key = `${this.name}-${this.#count++}`;
    const { channel = 'room' } = options;
    const roomId = this.room.id;
    try {
      const { id } = await this.room.send(type, payload, { ...options, key });
      this.#sent.push({ roomId, channel, key, id });
    } catch (fault) {
      this.#sent.push({ roomId, channel, key, id: null });
      throw fault;
    }
  }

  /** The newest entry that was seen in a channel. */
  newestSeen(channel: string): string | null {
    return this.#seen.get(channel)?.entries.at(-1)?.id ?? null;
  }

  /** Why the client could not know of messages whether they survived. */
  get unsureReasons(): readonly string[] {
    return [...this.#unsure.values()];
  }

  record(): ClientRecord {
    const roomId = this.room.id;
    return {
      name: this.name,
      userId: this.room.self.userId,
      hosts: this.room.isHost ? [roomId] : [],
      // Sending it again must not have failed in any other way.
      sent: this.#sent.map((sent) => ({
        ...sent,
        unsure: this.#unsure.get(sent.key) === 'too_old',
      })),
      seen: [...this.#seen].map(([channel, seen]) => ({
        roomId,
        channel,
        ...seen,
        untilEnd: true,
      })),
      presence: [this.#presence()],
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
