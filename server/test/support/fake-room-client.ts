import type { ClientOptions } from '../../../shared/src/client/client-options.js';
import { PinroomClient } from '../../../shared/src/client/pinroom-client.js';
import { FakeRoomServer, ManualClock, settled } from './fake-room-server.js';

/** A client before a server that answers from memory, connected. */
export async function setUp(options: ClientOptions = {}) {
  const server = new FakeRoomServer();
  const clock = new ManualClock();
  const client = new PinroomClient({ ...server.optionsOfClient(clock), ...options });
  const states: string[] = [];
  client.on('state', ({ state }) => states.push(state));
  const started = client.start();
  started.catch(() => {});
  await settled();
  return { server, clock, client, states, started };
}

/** The same, in a room; `seen` are the payloads of its entries. */
export async function inRoom(options: ClientOptions = {}) {
  const parts = await setUp(options);
  const room = await parts.client.joinRoom({ pin: '12 34' });
  const seen: unknown[] = [];
  room.on('entry', (entry) => seen.push(entry.payload));
  return { ...parts, room, seen };
}
