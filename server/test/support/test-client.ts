import {
  type ClientOptions,
  type Entry,
  type LeftReason,
  openSocketIo,
  PinroomClient,
  PinroomError,
  type RoomEvents,
  type RoomHandle,
} from '@pinroom/client';
import { afterFile } from './after-file.js';

/** A person with the client library, who may be moved from one node to another. */
export interface TestPerson {
  readonly client: PinroomClient;
  readonly userId: string;
  /** Where the next connection goes. */
  moveTo(url: string): void;
  /** Ends the connection as a lost network does; the library comes back by itself. */
  cut(): void;
}

/** What a room's handle has told, in order. */
export interface Heard {
  readonly entries: Entry[];
  readonly signals: RoomEvents['signal'][];
  readonly presence: NonNullable<RoomEvents['presence']>[];
  readonly updates: RoomEvents['updated'][];
  readonly left: (LeftReason | string)[];
  /** Resets and holes: what a reader must never see while nothing is lost. */
  readonly breaks: (RoomEvents['hole'] | RoomEvents['reset'])[];
}

/** A started client of a new user; stopped when the test file is over. */
export async function newPerson(
  url: string,
  nickname: string,
  options: Omit<ClientOptions, 'url' | 'nickname' | 'openSocket' | 'fetch'> = {},
): Promise<TestPerson> {
  let place = url;
  let cut = () => {};
  const client = new PinroomClient({
    ...options,
    url,
    nickname,
    openSocket: (_url, auth) => {
      const line = openSocketIo(place, auth);
      let tell: (name: string, payload: unknown) => void = () => {};
      cut = () => {
        tell('disconnect', 'transport close');
        line.close();
      };
      return {
        ...line,
        onEvent(listener) {
          tell = listener;
          line.onEvent(listener);
        },
      };
    },
    fetch: (address, init) => fetch(String(address).replace(url, place), init),
  });
  afterFile(() => client.stop());
  const user = await client.start();
  return {
    client,
    userId: user.id,
    moveTo(next) {
      place = next;
    },
    cut: () => cut(),
  };
}

/** Writes down what a room tells from now on, the entries that it has already included. */
export function listen(room: RoomHandle, channels: readonly string[] = ['room']): Heard {
  const heard: Heard = {
    entries: [],
    signals: [],
    presence: [],
    updates: [],
    left: [],
    breaks: [],
  };
  for (const channel of channels) heard.entries.push(...room.entries(channel));
  room.on('entry', (entry) => heard.entries.push(entry));
  room.on('signal', (signal) => heard.signals.push(signal));
  room.on('presence', (event) => {
    if (event) heard.presence.push(event);
  });
  room.on('updated', (update) => heard.updates.push(update));
  room.on('left', ({ reason }) => heard.left.push(reason));
  room.on('hole', (hole) => heard.breaks.push(hole));
  room.on('reset', (reset) => heard.breaks.push(reset));
  return heard;
}

/** The code with which a call is refused; `ok` when it is not. */
export async function refusal(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'ok';
  } catch (fault) {
    if (fault instanceof PinroomError) return fault.code;
    throw fault;
  }
}

/** An open room with its host in it. */
export async function openRoom(
  host: TestPerson,
  options: Parameters<PinroomClient['createRoom']>[0] = {},
): Promise<{ pin: string; roomId: string; hostKey: string; handle: RoomHandle }> {
  const { room, hostKey } = await host.client.createRoom(options);
  if (room.pin === null) throw new Error('An open room has a PIN.');
  const handle = await host.client.joinRoom({ roomId: room.id });
  return { pin: room.pin, roomId: room.id, hostKey, handle };
}
