import { describe, expect, it } from 'vitest';
import {
  FakeRoomServer,
  ManualClock,
  type Reply,
  settled,
} from '../../../server/test/support/fake-room-server.js';
import { PinroomClient } from './pinroom-client.js';

const WAIT: Reply = { error: 'waiting_for_host' };

async function setUp(waits: number) {
  const server = new FakeRoomServer();
  const clock = new ManualClock();
  const client = new PinroomClient({ ...server.optionsOfClient(clock), waitDeadlineMs: 60_000 });
  await Promise.all([client.start(), settled()]);
  server.replies['room:join'] = Array.from({ length: waits }, () => WAIT);
  const waiting: string[] = [];
  client.on('waiting', ({ roomId }) => waiting.push(roomId));
  const asked = () => server.commands.filter(([name]) => name === 'room:join').length;
  const tell = (admit: boolean) =>
    server.sockets.at(-1)?.tell('room:admitted', { roomId: 'r', admit });
  const outcome = { value: 'pending' };
  const join = async () => {
    client.joinRoom({ roomId: 'r' }).then(
      ({ id }) => Object.assign(outcome, { value: `in ${id}` }),
      ({ code }) => Object.assign(outcome, { value: code }),
    );
    await settled();
  };
  return { asked, client, clock, join, outcome, server, tell, waiting };
}

describe('[CLIENT-20] joining where a host lets people in', () => {
  it('goes on once a host has, and not before', async () => {
    const { asked, clock, join, outcome, tell, waiting } = await setUp(1);
    await join();
    await clock.advance(5_000);
    expect([outcome.value, asked(), waiting]).toEqual(['pending', 1, ['r']]);
    tell(true);
    await settled();
    expect([outcome.value, asked()]).toEqual(['in r', 2]);
  });

  it('ends with `forbidden` where a host does not', async () => {
    const { asked, clock, join, outcome, tell } = await setUp(9);
    await join();
    tell(false);
    await clock.advance(60_000);
    expect([outcome.value, asked()]).toEqual(['forbidden', 1]);
  });

  it('ends with `room_closed` where the room is closed', async () => {
    const { clock, join, outcome, server } = await setUp(9);
    await join();
    server.sockets.at(-1)?.tell('room:left', { roomId: 'r', reason: 'closed' });
    await clock.advance(1_000);
    expect(outcome.value).toBe('room_closed');
  });

  it('asks again after a reconnect, and now and then, as the news may get lost', async () => {
    const { asked, clock, join, outcome, server } = await setUp(3);
    await join();
    server.cut();
    await clock.advance(2_000);
    expect(asked()).toBeGreaterThanOrEqual(2);
    expect(outcome.value).toBe('pending');
    await clock.advance(40_000);
    expect(outcome.value).toBe('in r');
  });

  it('gives up after a while, and takes itself off the list', async () => {
    const { clock, join, outcome, server } = await setUp(99);
    await join();
    await clock.advance(62_000);
    expect(outcome.value).toBe('waiting_for_host');
    expect(server.commands.at(-1)).toEqual(['room:leave', { roomId: 'r' }]);
  });

  it('ends when the client is stopped', async () => {
    const { client, join, outcome } = await setUp(99);
    await join();
    await client.stop();
    await settled();
    expect(outcome.value).toBe('stopped');
  });

  it('waits likewise when a place that was lost has to be given back', async () => {
    const { client, clock, server, tell } = await setUp(0);
    const room = await client.joinRoom({ roomId: 'r' });
    const left: string[] = [];
    room.on('left', ({ reason }) => left.push(reason));
    server.replies['room:join'] = [WAIT, WAIT, WAIT];
    server.cut();
    await clock.advance(5_000);
    expect(room.status).toBe('resuming');
    tell(true);
    await settled();
    await clock.advance(40_000);
    expect(room.status).toBe('live');
    server.replies['room:join'] = [WAIT];
    server.cut();
    await clock.advance(5_000);
    tell(false);
    await settled();
    expect([room.status, left]).toEqual(['left', ['forbidden']]);
  });
});
