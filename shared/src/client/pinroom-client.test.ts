import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { inRoom, setUp } from '../../../server/test/support/fake-room-client.js';
import {
  FakeRoomServer,
  ManualClock,
  settled,
} from '../../../server/test/support/fake-room-server.js';
import { PinroomClient } from './pinroom-client.js';
import type { RoomHandle } from './room-handle.js';

function statusesOf(room: RoomHandle): [string, number][] {
  const statuses: [string, number][] = [];
  room.on('status', ({ status, missed }) => statuses.push([status, missed]));
  return statuses;
}

describe('the connection', () => {
  it('[CLIENT-5] creates a session and connects with its token', async () => {
    const { server, client, started } = await setUp();
    expect(await started).toEqual({ id: 'u', nickname: 'Ada' });
    expect(server.posts).toEqual(['POST /api/sessions']);
    expect(server.handshakes).toEqual(['t1']);
    expect(client.state).toBe('online');
  });

  it('[CLIENT-5] is started by the first command, and not again once it was stopped', async () => {
    const server = new FakeRoomServer();
    const client = new PinroomClient({
      url: 'http://server.test',
      fetch: server.fetch,
      openSocket: server.openSocket,
      clock: new ManualClock(),
      random: () => 0.5,
    });
    expect(client.state).toBe('offline');
    const [room] = await Promise.all([client.joinRoom({ pin: '1234' }), settled()]);
    expect(room.id).toBe('r');
    expect(server.handshakes).toEqual(['t1']);
    await client.stop();
    const late = client.joinRoom({ pin: '1234' });
    await expect(late).rejects.toMatchObject({ code: 'stopped' });
    expect(server.handshakes).toHaveLength(1);
    expect(await client.start()).toMatchObject({ id: 'u' });
    expect((await client.joinRoom({ pin: '1234' })).id).toBe('r');
    await client.stop();
  });

  it('[CLIENT-5] gives up a command that waits when it is stopped', async () => {
    const { server, clock, client } = await setUp();
    server.refusals = Array.from({ length: 100 }, () => null);
    server.cut();
    const waiting = expect(client.joinRoom({ pin: '1234' })).rejects.toMatchObject({
      code: 'stopped',
    });
    await clock.advance(1_000);
    await client.stop();
    await waiting;
  });

  it('[CLIENT-5] comes back by itself', async () => {
    const { server, clock, states } = await setUp();
    server.cut();
    await clock.advance(1_000);
    expect(states).toEqual(['connecting', 'online', 'reconnecting', 'online']);
    expect(server.handshakes).toEqual(['t1', 't1']);
  });

  it('[CLIENT-5] fetches a fresh token before a handshake when the old one is near its end', async () => {
    const { server, clock } = await setUp();
    await clock.advance(590_000);
    server.cut();
    await clock.advance(1_000);
    expect(server.handshakes).toEqual(['t1', 't2']);
    expect(server.posts).toEqual(['POST /api/sessions', 'POST /api/sessions/refresh']);
  });

  it('[CLIENT-5] keeps its session while it stays connected for long, and not after', async () => {
    const { server, client, clock } = await setUp();
    await clock.advance(3 * 3_600_000);
    expect(server.posts.slice(1)).toEqual(Array(4).fill('POST /api/sessions/refresh'));
    expect(server.handshakes).toEqual(['t1']);
    server.sessionAnswers.push(503);
    await clock.advance(3_600_000);
    expect(client.state).toBe('online');
    await client.stop();
    const { length } = server.posts;
    await clock.advance(3 * 3_600_000);
    expect(server.posts).toHaveLength(length);
  });

  it('[CLIENT-5] answers a refused token with a fresh one, at once', async () => {
    const { server, clock, client } = await setUp();
    server.refusals = [{ code: 'unauthenticated' }];
    server.cut();
    await clock.advance(200);
    expect(server.handshakes).toEqual(['t1', 't1', 't2']);
    expect(client.state).toBe('online');
  });

  it('[CLIENT-6] waits longer and longer while fresh tokens are refused, too', async () => {
    const { server, clock, client } = await setUp();
    server.refusals = Array.from({ length: 200 }, () => ({ code: 'unauthenticated' as const }));
    server.cut();
    await clock.advance(2_000);
    // At 125 ms with the old token and at once with a fresh one, then after 250, 500 and 1,000 ms.
    expect(server.handshakes).toEqual(['t1', 't1', 't2', 't3', 't4', 't5']);
    server.refusals = [];
    await clock.advance(10_000);
    expect(client.state).toBe('online');
    const online = server.handshakes.length;
    server.refusals = [{ code: 'unauthenticated' }];
    server.cut();
    await clock.advance(5_000);
    expect(server.handshakes).toHaveLength(online + 2);
    expect(client.state).toBe('online');
  });

  it('[CLIENT-6] waits as long as the server asks', async () => {
    const { server, clock, client } = await setUp();
    server.refusals = [{ code: 'rate_limited', retryAfterMs: 4_000 }];
    server.cut();
    await clock.advance(3_900);
    expect(server.handshakes).toHaveLength(2);
    await clock.advance(1_000);
    expect(client.state).toBe('online');
  });

  it('[CLIENT-6] comes back to a draining server when it was told to', async () => {
    const { server, clock } = await setUp();
    server.sockets[0]?.tell('server:draining', { reconnectInMs: 2_000 });
    server.cut();
    await clock.advance(1_900);
    expect(server.handshakes).toHaveLength(1);
    await clock.advance(400);
    expect(server.handshakes).toHaveLength(2);
  });

  it('[CLIENT-6] stays with a draining server while it may, and is away for a moment only', async () => {
    const { server, clock, client } = await setUp();
    server.sockets[0]?.tell('server:draining', { reconnectInMs: 2_000 });
    await clock.advance(2_000);
    expect(client.state).toBe('online');
    server.cut();
    await clock.advance(250);
    expect(server.handshakes).toHaveLength(2);
    expect(client.state).toBe('online');
  });

  it('[CLIENT-7] ends with its session', async () => {
    const { server, clock, client, states } = await setUp();
    server.sockets[0]?.tell('session:ended', { reason: 'logout' });
    await clock.advance(60_000);
    expect(states.at(-1)).toBe('ended');
    expect(server.handshakes).toHaveLength(1);
    expect(await client.start()).toMatchObject({ id: 'u' });
    expect(server.posts).toEqual(['POST /api/sessions', 'POST /api/sessions']);
    expect(client.state).toBe('online');
  });

  it('[CLIENT-7] starts one new session where the application wants it', async () => {
    const { server, clock, client, states } = await setUp({ renewSession: true });
    server.sockets[0]?.tell('session:ended', { reason: 'logout' });
    await clock.advance(1_000);
    expect(client.state).toBe('online');
    server.sockets.at(-1)?.tell('session:ended', { reason: 'logout' });
    await clock.advance(60_000);
    expect(states.at(-1)).toBe('ended');
  });

  it('[CLIENT-5] takes a line for dead that answers nothing', async () => {
    const { server, clock, states, room } = await inRoom();
    server.replies['room:send'] = ['silence', 'silence'];
    const sent = room.send('t', 'x');
    await clock.advance(20_000);
    expect(await sent).toMatchObject({ duplicate: false });
    expect(states).toEqual(['connecting', 'online', 'reconnecting', 'online']);
  });

  it('[CLIENT-5] has more patience where the answer may be big', async () => {
    const { server, clock, client } = await setUp();
    server.replies['room:join'] = ['silence'];
    const joined = client.joinRoom({ pin: '1234' });
    await clock.advance(14_000);
    expect(server.count('room:join')).toBe(1);
    await clock.advance(3_000);
    expect((await joined).id).toBe('r');
    expect([server.count('room:join'), server.handshakes.length]).toEqual([2, 1]);
  });

  it('[CLIENT-5] stops for good', async () => {
    const { server, clock, client, room } = await inRoom();
    await client.stop();
    await clock.advance(60_000);
    expect(client.state).toBe('offline');
    expect(room.status).toBe('left');
    expect(server.handshakes).toHaveLength(1);
  });
});

describe('a room', () => {
  it('[CLIENT-8] resumes with what was missed, page by page, and says how much', async () => {
    const { server, clock, room, seen } = await inRoom();
    const statuses = statusesOf(room);
    server.say(0);
    server.cut();
    for (let number = 1; number <= 7; number++) server.append(number);
    await clock.advance(1_000);
    server.say(8);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(statuses).toEqual([
      ['resuming', 0],
      ['live', 7],
    ]);
  });

  it('[CLIENT-8] entries that come before the answer are neither lost nor told twice', async () => {
    const { server, clock, seen } = await inRoom();
    server.say(0);
    server.cut();
    server.replies['room:join'] = ['silence'];
    await clock.advance(1_000);
    for (const socket of server.sockets) socket.isInside = true;
    server.say(1);
    server.say(2);
    await clock.advance(16_000);
    server.say(3);
    await clock.advance(100);
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it('[CLIENT-8] fills a gap in the live entries', async () => {
    const { server, clock, seen } = await inRoom();
    server.say(0);
    server.append(1);
    server.say(2);
    expect(seen).toEqual([0]);
    await clock.advance(500);
    expect(seen).toEqual([0, 1, 2]);
  });

  it('[CLIENT-8] notices by the top what it missed in a quiet room', async () => {
    const { server, clock, seen } = await inRoom();
    server.append('lost');
    const versions = { rev: 1, stateVersion: 0, presenceVersion: 1 };
    server.broadcast('room:top', { roomId: 'r', tops: { room: '7-0' }, ...versions });
    await clock.advance(500);
    expect(seen).toEqual(['lost']);
  });

  it('[CLIENT-9] fetches members and rights anew when a version was missed', async () => {
    const { server, clock } = await inRoom();
    server.presenceVersion = 5;
    const versions = { rev: 1, stateVersion: 0, presenceVersion: 5 };
    server.broadcast('room:top', { roomId: 'r', tops: {}, ...versions });
    await clock.advance(5_000);
    expect(server.count('room:join')).toBe(2);
    await clock.advance(60_000);
    expect(server.count('room:join')).toBe(2);
  });

  it('[CLIENT-9] joins again when it has become a host', async () => {
    const { server, clock, room } = await inRoom();
    server.hostIds = ['h', 'u'];
    server.broadcast('room:updated', { room: { ...server.room(), rev: 2 } });
    await clock.advance(5_000);
    expect(room.self.role).toBe('host');
    expect(server.count('room:join')).toBe(2);
  });

  it('[CLIENT-10] a message counts once, also when its answer was lost', async () => {
    const { server, clock, room, seen } = await inRoom();
    const sent = room.send('t', { answer: 42 });
    await settled();
    server.cut();
    await clock.advance(2_000);
    const receipt = await sent;
    expect(receipt.id).toBe('7-0');
    expect(seen).toEqual([{ answer: 42 }]);
  });

  it('[CLIENT-10] sends one after the other, in order, across a lost line', async () => {
    const { server, clock, room } = await inRoom();
    server.replies['room:send'] = [{ error: 'unavailable', retryAfterMs: 500 }];
    const all = Promise.all([1, 2, 3].map((number) => room.send('t', number)));
    await settled();
    server.cut();
    await clock.advance(5_000);
    await all;
    expect(server.log.map(({ payload }) => payload)).toEqual([1, 2, 3]);
  });

  it('[CLIENT-10] a refusal for good is told, and the next message goes on', async () => {
    const { server, room } = await inRoom();
    server.replies['room:send'] = [{ error: 'muted' }];
    const refused = room.send('t', 1);
    const accepted = room.send('t', 2);
    await expect(refused).rejects.toMatchObject({ code: 'muted' });
    expect(await accepted).toMatchObject({ id: '7-0' });
  });

  it('[CLIENT-4] queues no more than it may, and gives up at the deadline', async () => {
    const { server, clock, room } = await inRoom({ maxQueued: 1, sendDeadlineMs: 10_000 });
    server.refusals = Array.from({ length: 100 }, () => null);
    server.cut();
    const waiting = room.send('t', 1);
    const late = expect(waiting).rejects.toMatchObject({ code: 'timeout' });
    await expect(room.send('t', 2)).rejects.toMatchObject({ code: 'queue_full' });
    await clock.advance(11_000);
    await late;
    expect(room.unsent).toBe(0);
  });

  it('[CLIENT-10] refuses what is too large or no JSON before it is sent', async () => {
    const { server, room } = await inRoom({ maxPayloadBytes: 10 });
    await expect(room.send('t', 'x'.repeat(11))).rejects.toMatchObject({
      code: 'payload_too_large',
    });
    await expect(room.send('t', 1n)).rejects.toMatchObject({ code: 'bad_request' });
    expect(server.count('room:send')).toBe(0);
  });

  it('[CLIENT-11] is over when the server says so, and unsent messages are told', async () => {
    const { server, clock, client, room } = await inRoom();
    server.replies['room:send'] = ['silence'];
    const sent = expect(room.send('t', 1)).rejects.toMatchObject({ code: 'room_closed' });
    await settled();
    const reasons: string[] = [];
    room.on('left', ({ reason }) => reasons.push(reason));
    server.broadcast('room:left', { roomId: 'r', reason: 'closed' });
    await clock.advance(6_000);
    await sent;
    expect(reasons).toEqual(['closed']);
    expect(client.rooms.size).toBe(0);
  });

  it('[CLIENT-11] reads to the end what was said before the room closed', async () => {
    const { server, clock, room, seen } = await inRoom();
    server.say(0);
    server.cut();
    server.append('the end');
    server.replies['room:join'] = [{ error: 'room_closed' }];
    const reasons: string[] = [];
    room.on('left', ({ reason }) => reasons.push(reason));
    await clock.advance(2_000);
    expect(seen).toEqual([0, 'the end']);
    expect(reasons).toEqual(['closed']);
  });

  it('[CLIENT-12] joins again and again while nothing is said about the matter itself', async () => {
    const { server, clock, client } = await setUp();
    server.replies['room:join'] = [{ error: 'unavailable' }, { error: 'rate_limited' }];
    const joined = client.joinRoom({ pin: '1234' });
    await clock.advance(3_000);
    expect((await joined).id).toBe('r');
    server.replies['room:join'] = [{ error: 'room_full' }];
    await expect(client.joinRoom({ roomId: 'x' })).rejects.toMatchObject({ code: 'room_full' });
  });

  it('[CLIENT-12] refuses a PIN that can be none without asking', async () => {
    const { server, client } = await setUp();
    await expect(client.joinRoom({ pin: 'none' })).rejects.toMatchObject({
      code: 'room_not_found',
    });
    await expect(client.joinRoom({ pin: null })).rejects.toMatchObject({ code: 'room_closed' });
    expect(server.count('room:join')).toBe(0);
  });

  it('[CLIENT-8] hands entries on to the other listeners when one of them throws', async () => {
    const surfaced = vi.fn();
    vi.stubGlobal('queueMicrotask', (task: () => void) => {
      void Promise.resolve().then(task).catch(surfaced);
    });
    onTestFinished(() => void vi.unstubAllGlobals());
    const { server, room, seen } = await inRoom();
    server.say(0);
    room.follow('room', () => {
      throw new Error('of the application');
    });
    const others: unknown[] = [];
    room.follow('room', ({ payload }) => others.push(payload));
    server.say(1);
    await settled();
    expect(seen).toEqual([0, 1]);
    expect(others).toEqual([0, 1]);
    expect(surfaced).toHaveBeenCalledTimes(2);
  });

  it("[CLIENT-13] keeps the server's time", async () => {
    const { clock, client } = await setUp();
    expect(client.serverNow()).toBe(5_000);
    await clock.advance(250);
    expect(client.serverNow()).toBe(5_250);
  });
});

const trouble = fc.oneof(
  { weight: 4, arbitrary: fc.constant('say' as const) },
  { weight: 2, arbitrary: fc.constant('lose an entry' as const) },
  { weight: 4, arbitrary: fc.constant('send' as const) },
  { weight: 2, arbitrary: fc.constant('cut' as const) },
  { weight: 1, arbitrary: fc.constant('swallow an answer' as const) },
  { weight: 1, arbitrary: fc.constant('refuse a moment' as const) },
  { weight: 4, arbitrary: fc.constantFrom(0, 50, 400, 3_000) },
);

describe('a bad day', () => {
  it('[CLIENT-1] ends with every entry once, in order, and every message counted once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(trouble, { maxLength: 40 }), async (day) => {
        const { server, clock, client, room, seen } = await inRoom({ sendDeadlineMs: 600_000 });
        const sent: Promise<unknown>[] = [];
        for (const event of day) {
          if (typeof event === 'number') await clock.advance(event);
          else if (event === 'say') server.say(`said ${server.log.length}`);
          else if (event === 'lose an entry') server.append(`lost ${server.log.length}`);
          else if (event === 'send') sent.push(room.send('t', `sent ${sent.length}`));
          else if (event === 'cut') server.cut();
          else if (event === 'swallow an answer') {
            for (const name of ['room:join', 'room:history', 'room:send']) {
              server.replies[name] = ['silence'];
            }
          } else server.replies['room:send'] = [{ error: 'unavailable', retryAfterMs: 200 }];
        }
        await clock.advance(60_000);
        server.say('good night');
        await clock.advance(60_000);
        await Promise.all(sent);
        const log = server.log.map(({ payload }) => payload);
        expect(seen).toEqual(log);
        const own = log.filter((payload) => String(payload).startsWith('sent'));
        expect(own).toEqual(sent.map((_, index) => `sent ${index}`));
        await client.stop();
      }),
      { numRuns: 60 },
    );
  });
});
