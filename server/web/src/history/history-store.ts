import { type PinroomClient, PinroomError, type Room, userChannel } from '@pinroom/client';
import { type ReadonlySignal, signal } from '@preact/signals';
import { ChannelLog } from './channel-log.js';
import { LogSearch } from './log-search.js';

export type Phase = 'loading' | 'denied' | 'failed' | 'open' | 'deleted';

/** A channel on the page. */
export interface ChannelView {
  readonly name: string;
  readonly kind: 'room' | 'host' | 'own' | 'log';
  readonly log: ChannelLog;
  readonly search: LogSearch;
  /** Where what results and answers are about is found: it was asked in `room`. */
  readonly questions: ChannelLog['questions'];
}

/** Codes that say: whoever asks is none of those who may read it. */
const DENIED: ReadonlySet<string> = new Set([
  'forbidden',
  'not_in_room',
  'room_not_found',
  'not_found',
  'bad_request',
]);

/** A room that is looked back on. Everything comes over HTTP: nobody joins a room by reading in it. */
export class HistoryStore {
  readonly client: PinroomClient;
  readonly roomId: string | null;
  readonly #phase = signal<Phase>('loading');
  readonly #fault = signal<unknown>(null);
  readonly #room = signal<Room | null>(null);
  readonly #channels = signal<readonly ChannelView[]>([]);
  readonly #chosen = signal<ChannelView | null>(null);

  readonly phase: ReadonlySignal<Phase> = this.#phase;
  /** Why it is `failed`. */
  readonly fault: ReadonlySignal<unknown> = this.#fault;
  readonly room: ReadonlySignal<Room | null> = this.#room;
  /** Those that the user may read. */
  readonly channels: ReadonlySignal<readonly ChannelView[]> = this.#channels;
  readonly chosen: ReadonlySignal<ChannelView | null> = this.#chosen;

  constructor(client: PinroomClient, roomId: string | null) {
    this.client = client;
    this.roomId = roomId;
  }

  /** Null before the room is there. */
  get userId(): string | null {
    return this.client.user?.id ?? null;
  }

  get isHost(): boolean {
    const { userId } = this;
    return userId !== null && (this.#room.value?.hostIds.includes(userId) ?? false);
  }

  async open(): Promise<void> {
    const { roomId } = this;
    if (roomId === null) {
      this.#phase.value = 'denied';
      return;
    }
    this.#phase.value = 'loading';
    try {
      this.#room.value = await this.client.getRoom(roomId);
      this.#channels.value = this.#views(roomId);
      this.choose('room');
      this.#phase.value = 'open';
    } catch (fault) {
      const isDenied = fault instanceof PinroomError && DENIED.has(fault.code);
      this.#fault.value = fault;
      this.#phase.value = isDenied ? 'denied' : 'failed';
    }
  }

  choose(name: string): void {
    const view = this.#channels.value.find((one) => one.name === name);
    if (!view) return;
    this.#chosen.value = view;
    if (!view.log.isLoaded.value) void view.log.older();
  }

  /** What is new in a room that is open, itself included. */
  async refresh(): Promise<void> {
    const { roomId } = this;
    const view = this.#chosen.value;
    if (roomId === null || !view) return;
    await view.log.newer();
    const room = await this.client.getRoom(roomId).catch(() => null);
    if (room) this.#room.value = room;
  }

  async delete(): Promise<void> {
    const { roomId } = this;
    if (roomId === null) return;
    for (const { log } of this.#channels.value) log.stop();
    await this.client.deleteRoom(roomId);
    this.#phase.value = 'deleted';
  }

  #views(roomId: string): readonly ChannelView[] {
    const { userId } = this;
    const kinds = this.isHost
      ? (['room', 'host', 'own', 'log'] as const)
      : (['room', 'own'] as const);
    const logOf = (channel: string) =>
      new ChannelLog((options) => this.client.entries(roomId, { ...options, channel }));
    const room = logOf('room');
    return kinds.map((kind) => {
      const name = kind === 'own' ? userChannel(userId ?? '') : kind;
      const log = kind === 'room' ? room : logOf(name);
      return { name, kind, log, search: new LogSearch(log.chunks), questions: room.questions };
    });
  }
}
