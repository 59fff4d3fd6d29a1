import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FakeRoomServer,
  ManualClock,
  settled,
} from '../../../server/test/support/fake-room-server.js';
import type { ClientOptions } from './client-options.js';
import { PinroomClient } from './pinroom-client.js';
import type { SendOptions } from './room-options.js';

/** A player in a room, and what the player is told of own messages. */
async function inRoom(options: ClientOptions = {}) {
  const server = new FakeRoomServer();
  const clock = new ManualClock();
  const client = new PinroomClient({ ...server.optionsOfClient(clock), ...options });
  const room = await client.joinRoom({ pin: '1234' });
  const news: string[] = [];
  room.on('resent', ({ channel, key, oldId, id }) => {
    news.push(`${channel} ${key}: ${oldId} is now ${id}`);
  });
  room.on('unsure', ({ channel, key, id, reason }) => {
    news.push(`${channel} ${key}: ${id} unsure, ${reason}`);
  });
  room.on('reset', ({ channel, after }) => news.push(`${channel} reset to ${after}`));
  room.on('left', ({ reason }) => news.push(`left: ${reason}`));
  const send = (key: string, options: SendOptions = {}) => room.send('t', key, { key, ...options });
  return { server, clock, client, room, news, send };
}

const payloadsOf = (entries: readonly { payload: unknown }[]) =>
  entries.map(({ payload }) => payload);

describe('after the server has lost entries', () => {
  it('[CLIENT-18] an own message is sent again, and its new id is told', async () => {
    const { server, room, send, news } = await inRoom();
    await send('a');
    await send('b');
    server.lose(1);
    server.say('said');
    await settled();
    expect(payloadsOf(server.log)).toEqual(['a', 'said', 'b']);
    expect(news).toEqual(['room reset to 7-0', 'room b: 7-1 is now 8-1']);
    expect(payloadsOf(room.entries())).toEqual(['a', 'said', 'b']);
  });

  it('[CLIENT-18] own messages go before newer ones that wait, in their old order', async () => {
    const { server, clock, room, send } = await inRoom();
    for (const key of ['a', 'b', 'c']) await send(key);
    server.replies['room:send'] = [{ error: 'unavailable', retryAfterMs: 500 }];
    const newer = Promise.all([send('d'), send('e')]);
    await settled();
    server.lose(3);
    server.say('said');
    expect(room.unsent).toBe(5);
    await clock.advance(2_000);
    await newer;
    expect(room.unsent).toBe(0);
    // One of the newer ones was under way already.
    expect(payloadsOf(server.log)).toEqual(['said', 'd', 'a', 'b', 'c', 'e']);
  });

  it('[CLIENT-18] messages of a channel that is not read are all sent again, and each counts once', async () => {
    const { server, send, news } = await inRoom();
    await send('a', { channel: 'host' });
    await send('b', { channel: 'host' });
    server.lose(1, 'host');
    server.say('said');
    await settled();
    expect(payloadsOf(server.unheard)).toEqual(['a', 'b']);
    expect(server.count('room:send')).toBe(4);
    expect(news).toEqual(['host b: 7-1 is now 8-0']);
  });

  it('[CLIENT-18] a message is sent again with its key, type, payload and `once`', async () => {
    const { server, send } = await inRoom();
    await send('a', { once: 'vote' });
    server.lose(1);
    server.say('said');
    await settled();
    const [first, second] = server.commands.filter(([name]) => name === 'room:send');
    expect(second).toEqual(first);
    expect(first?.[1]).toEqual({
      roomId: 'r',
      channel: 'room',
      type: 't',
      payload: 'a',
      key: 'a',
      once: 'vote',
    });
  });

  it('[CLIENT-18] across a lost line: once the member is back in the room', async () => {
    const { server, clock, send, news } = await inRoom();
    await send('a');
    server.cut();
    server.lose(1);
    server.append('said');
    await clock.advance(2_000);
    expect(payloadsOf(server.log)).toEqual(['said', 'a']);
    expect(news).toEqual(['room reset to null', 'room a: 7-0 is now 8-1']);
  });

  it('[CLIENT-18] of a message whose answer is lost again the new id is told all the same', async () => {
    const { server, clock, send, news } = await inRoom();
    await send('a');
    server.lose(1);
    server.say('said');
    server.cut();
    await clock.advance(7_000);
    expect(payloadsOf(server.log)).toEqual(['said', 'a']);
    expect(news).toEqual(['room reset to null', 'room a: 7-0 is now 8-1']);
  });

  it('[CLIENT-17] in a room that has gone quiet, own messages are sent again all the same', async () => {
    const { server, clock, send, news } = await inRoom();
    await send('a');
    server.lose(1);
    await send('b', { channel: 'host' });
    await clock.advance(1_000);
    expect(payloadsOf(server.log)).toEqual([]);
    await clock.advance(5_000);
    expect(payloadsOf(server.log)).toEqual(['a']);
    expect(news).toEqual(['room reset to null', 'room a: 7-0 is now 8-0']);
  });

  it('[CLIENT-17] the positions that the server tells show a loss, too', async () => {
    const { server, clock, send, news } = await inRoom();
    await send('a');
    await send('b');
    await clock.advance(6_000);
    server.lose(1);
    const versions = { rev: 1, stateVersion: 0, presenceVersion: 1 };
    server.broadcast('room:top', { roomId: 'r', tops: { room: '7-0' }, ...versions });
    await settled();
    expect(payloadsOf(server.log)).toEqual(['a', 'b']);
    expect(news).toContain('room b: 7-1 is now 8-0');
  });

  it('[CLIENT-19] the sender hears when a message is refused the second time', async () => {
    const { server, send, news } = await inRoom();
    await send('a');
    await send('b');
    server.lose(2);
    server.replies['room:send'] = [{ error: 'forbidden' }];
    server.say('said');
    await settled();
    expect(payloadsOf(server.log)).toEqual(['said', 'b']);
    expect(news).toEqual([
      'room reset to null',
      'room a: 7-0 unsure, forbidden',
      'room b: 7-1 is now 8-1',
    ]);
  });

  it('[CLIENT-19] the sender hears nothing when one that counts once is there', async () => {
    const { server, send, news } = await inRoom();
    await send('a', { channel: 'host', once: 'vote' });
    await send('b', { channel: 'host' });
    server.lose(2, 'host');
    server.replies['room:send'] = [{ error: 'conflict' }, { error: 'conflict' }];
    server.say('said');
    await settled();
    expect(news).toEqual(['host b: 7-1 unsure, conflict']);
  });

  it('[CLIENT-19] the sender hears when it takes too long', async () => {
    const { server, clock, room, send, news } = await inRoom({ sendDeadlineMs: 10_000 });
    await send('a');
    server.lose(1);
    server.say('said');
    server.cut();
    server.refusals = Array.from({ length: 100 }, () => null);
    await clock.advance(9_000);
    expect(room.unsent).toBe(1);
    await clock.advance(2_000);
    expect(news).toEqual(['room reset to null', 'room a: 7-0 unsure, offline']);
    expect(room.unsent).toBe(0);
  });

  it('[CLIENT-16] nothing is sent again when the server may not know its key any more', async () => {
    const { server, clock, send, news } = await inRoom({ sendDeadlineMs: 3_600_000 });
    await send('a');
    await clock.advance(4 * 60_000);
    server.lose(1);
    server.replies['room:send'] = ['silence'];
    server.say('said');
    server.cut();
    server.refusals = Array.from({ length: 1_000 }, () => null);
    await clock.advance(4 * 60_000);
    expect(news).toEqual(['room reset to null']);
    await clock.advance(2 * 60_000);
    expect(news).toEqual(['room reset to null', 'room a: 7-0 unsure, offline']);
    server.refusals = [];
    await clock.advance(60_000);
    expect(payloadsOf(server.log)).toEqual(['said']);
  });

  it('[CLIENT-16] a message is as old as its entry, not as its last receipt', async () => {
    const { server, clock, send, news } = await inRoom();
    await send('a', { channel: 'host' });
    await clock.advance(4 * 60_000);
    expect((await send('a', { channel: 'host' })).duplicate).toBe(true);
    await clock.advance(2 * 60_000);
    server.lose(1, 'host');
    server.say('said');
    await settled();
    expect(news).toEqual(['host a: 7-0 unsure, too_old']);
    expect(payloadsOf(server.unheard)).toEqual([]);
  });

  it('[CLIENT-19] the sender hears before the room is left, and nothing is sent by another user', async () => {
    const { server, clock, client, send, news } = await inRoom({ renewSession: true });
    await send('a');
    server.lose(1);
    server.replies['room:send'] = ['silence'];
    server.say('said');
    server.sockets[0]?.tell('session:ended', { reason: 'session_ended' });
    await clock.advance(20_000);
    expect(client.state).toBe('online');
    expect(news).toEqual([
      'room reset to null',
      'room a: 7-0 unsure, session_ended',
      'left: session_ended',
    ]);
    expect(server.count('room:send')).toBe(2);
    expect(payloadsOf(server.log)).toEqual(['said']);
  });
});

const trouble = fc.oneof(
  { weight: 3, arbitrary: fc.constant('say' as const) },
  { weight: 4, arbitrary: fc.constant('send' as const) },
  { weight: 4, arbitrary: fc.constant('send to hosts' as const) },
  { weight: 2, arbitrary: fc.constant('lose entries' as const) },
  { weight: 2, arbitrary: fc.constant('lose what hosts hear' as const) },
  { weight: 2, arbitrary: fc.constant('cut' as const) },
  { weight: 1, arbitrary: fc.constant('swallow an answer' as const) },
  { weight: 4, arbitrary: fc.constantFrom(0, 50, 400, 3_000) },
);

describe('a bad day for the server', () => {
  it('[CLIENT-18] ends with every acknowledged message there, once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(trouble, { maxLength: 40 }), async (day) => {
        const { server, clock, client, room, send, news } = await inRoom({
          sendDeadlineMs: 250_000,
        });
        const sent: Promise<unknown>[] = [];
        const say = (channel: string) => sent.push(send(`${sent.length}`, { channel }));
        for (const event of day) {
          if (typeof event === 'number') await clock.advance(event);
          else if (event === 'say') server.say('said');
          else if (event === 'send') say('room');
          else if (event === 'send to hosts') say('host');
          else if (event === 'lose entries') server.lose(2);
          else if (event === 'lose what hosts hear') server.lose(2, 'host');
          else if (event === 'cut') server.cut();
          else server.replies['room:send'] = ['silence'];
        }
        await clock.advance(30_000);
        server.say('good night');
        await clock.advance(60_000);
        await Promise.all(sent);
        const own = payloadsOf([...server.log, ...server.unheard]).filter(
          (payload) => payload !== 'said' && payload !== 'good night',
        );
        expect(own.map(Number).sort((a, b) => a - b)).toEqual(sent.map((_, index) => index));
        expect(news.filter((line) => line.includes('unsure'))).toEqual([]);
        expect(room.unsent).toBe(0);
        expect(payloadsOf(room.entries())).toEqual(payloadsOf(server.log));
        await client.stop();
      }),
      { numRuns: 100 },
    );
  });
});
