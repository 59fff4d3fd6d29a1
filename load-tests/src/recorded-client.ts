import { type Entry, PinroomClient, type RoomHandle, type SendOptions } from '@pinroom/client';
import type { ClientRecord, SentMessage } from './delivery-checker.js';

/** A client that writes down what it sends and sees, for the delivery check. */
export class RecordedClient {
  readonly name: string;
  readonly client: PinroomClient;
  readonly #sent: SentMessage[] = [];
  readonly #seen = new Map<string, Entry[]>();
  #room: RoomHandle | null = null;
  #count = 0;

  constructor(name: string, url: string) {
    this.name = name;
    this.client = new PinroomClient({ url, nickname: name });
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
      const seen: Entry[] = [];
      this.#seen.set(channel, seen);
      room.follow(channel, (entry) => seen.push(entry));
    }
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
    return this.#seen.get(channel)?.at(-1)?.id ?? null;
  }

  record(): ClientRecord {
    const roomId = this.room.id;
    return {
      name: this.name,
      userId: this.room.self.userId,
      hosts: this.room.isHost ? [roomId] : [],
      sent: this.#sent,
      seen: [...this.#seen].map(([channel, entries]) => ({
        roomId,
        channel,
        entries,
        untilEnd: true,
      })),
    };
  }
}
