import { PinroomClient, PinroomError, type RoomHandle } from '@pinroom/client';
import type { DemoScreen } from './demo-screen.js';
import { pause } from './waiting.js';

/** Joins at the same moment; a class does not type faster. */
const JOINS_AT_ONCE = 10;
const THINKING_MS = 4_000;
const NAMES = [
  'Ada',
  'Bela',
  'Cleo',
  'Dana',
  'Emil',
  'Finn',
  'Gina',
  'Hana',
  'Ivan',
  'Juno',
  'Kian',
  'Lea',
  'Milo',
];

export interface DemoPlayersOptions {
  readonly url: string;
  /** Of a room that somebody hosts. */
  readonly pin: string;
  readonly players: number;
  readonly screen: DemoScreen;
}

/** Players for a room that somebody hosts from the page: they come, and answer what is asked. */
export class DemoPlayers {
  readonly #options: DemoPlayersOptions;
  readonly #clients: PinroomClient[] = [];
  #answers = 0;

  constructor(options: DemoPlayersOptions) {
    this.#options = options;
  }

  /** Answers how many answers were given, when the room is closed or `deadlineMs` is over. */
  async run(deadlineMs: number): Promise<number> {
    const { players, screen } = this.#options;
    const rooms: RoomHandle[] = [];
    for (let at = 0; at < players; at += JOINS_AT_ONCE) {
      const group = Array.from({ length: Math.min(JOINS_AT_ONCE, players - at) }, (_, i) => at + i);
      rooms.push(...(await Promise.all(group.map((index) => this.#join(index)))));
    }
    screen.good(`${rooms.length} players are in “${rooms[0]?.room.title}” and answer what you ask`);
    const closed = new Promise<void>((resolve) => {
      for (const room of rooms) room.on('left', () => rooms.every(hasEnded) && resolve());
    });
    await Promise.race([closed, pause(deadlineMs)]);
    return this.#answers;
  }

  async close(): Promise<void> {
    const ends = this.#clients.map((client) => client.logout().catch(() => client.stop()));
    await Promise.all(ends);
  }

  async #join(index: number): Promise<RoomHandle> {
    const { url, pin } = this.#options;
    const round = Math.floor(index / NAMES.length);
    const nickname = `${NAMES[index % NAMES.length]}${round > 0 ? ` ${round + 1}` : ''}`;
    const client = new PinroomClient({ url, nickname });
    this.#clients.push(client);
    const room = await joinAs(client, pin, nickname);
    // Only what is asked from now on.
    room.on('entry', ({ channel, id, type, payload }) => {
      if (channel !== 'room' || type !== 'question') return;
      this.#answer(room, id, payload).catch(() => {});
    });
    return room;
  }

  /** The first options are somewhat more popular, so that a chart has a shape. */
  async #answer(room: RoomHandle, question: string, payload: unknown): Promise<void> {
    const { options = [], number } = (payload ?? {}) as { options?: unknown[]; number?: number };
    if (options.length === 0) return;
    await pause(300 + Math.random() * THINKING_MS);
    const choice = Math.floor(Math.random() ** 1.6 * options.length);
    const counted = number === undefined ? {} : { number };
    await room.send(
      'answer',
      { question, choice, ...counted },
      { channel: 'host', once: question },
    );
    this.#answers++;
  }
}

/** Who is called like somebody who is there takes the name that the server proposes. */
async function joinAs(client: PinroomClient, pin: string, nickname: string): Promise<RoomHandle> {
  try {
    return await client.joinRoom({ pin, nickname });
  } catch (fault) {
    if (!(fault instanceof PinroomError) || fault.suggestion === undefined) throw fault;
    return client.joinRoom({ pin, nickname: fault.suggestion });
  }
}

function hasEnded(room: RoomHandle): boolean {
  return room.status === 'left';
}
