import { describe, expect, it } from 'vitest';
import { FakeRoomServer, ManualClock } from '../../../server/test/support/fake-room-server.js';
import type { Mechanism } from './client-options.js';
import { PinroomClient } from './pinroom-client.js';

async function inRoomWithout(mechanism: Mechanism) {
  const server = new FakeRoomServer();
  const clock = new ManualClock();
  const without = new Set([mechanism]);
  const client = new PinroomClient({ ...server.optionsOfClient(clock), without });
  const room = await client.joinRoom({ pin: '1234' });
  const seen: unknown[] = [];
  room.on('entry', ({ payload }) => seen.push(payload));
  const sent = (name: string) =>
    server.commands.filter(([command]) => command === name).map(([, payload]) => payload);
  return { server, clock, room, seen, sent };
}

describe('a client that goes without', () => {
  it('filling gaps hands on what it has, and asks for nothing', async () => {
    const { server, clock, room, seen, sent } = await inRoomWithout('gap-fill');
    server.say(0);
    server.append('lost');
    server.say(2);
    await clock.advance(500);
    expect(seen).toEqual([0, 2]);
    expect(sent('room:history')).toEqual([]);
    expect(room.status).toBe('live');
  });

  it('resuming starts anew with each join', async () => {
    const { server, clock, seen, sent } = await inRoomWithout('resume');
    for (const payload of [0, 1]) server.say(payload);
    server.cut();
    for (const payload of [2, 3, 4]) server.append(payload);
    await clock.advance(2_000);
    // The answer of a first join holds the newest two.
    expect(seen).toEqual([0, 1, 3, 4]);
    expect(sent('room:join').at(-1)).toMatchObject({ since: {} });
    server.say(5);
    expect(seen.at(-1)).toBe(5);
  });

  it('sending again leaves lost what is lost, and says nothing', async () => {
    const { server, clock, room, sent } = await inRoomWithout('resend');
    const news: unknown[] = [];
    room.on('resent', (event) => news.push(event));
    room.on('unsure', (event) => news.push(event));
    await room.send('t', 1);
    server.lose(1);
    server.say('said');
    await clock.advance(60_000);
    expect(sent('room:send')).toHaveLength(1);
    expect(news).toEqual([]);
  });

  it('the same key gives each attempt another one', async () => {
    const { clock, room, server } = await inRoomWithout('same-key');
    server.replies['room:send'] = ['silence'];
    const sending = room.send('t', 1, { key: 'mine' });
    await clock.advance(10_000);
    await sending;
    const keys = server.commands.flatMap(([name, { key }]) => (name === 'room:send' ? [key] : []));
    expect(new Set(keys).size).toBe(2);
    expect(keys).not.toContain('mine');
  });

  it('fresh snapshots stays with stale members and rights', async () => {
    const { server, clock, sent } = await inRoomWithout('snapshot-refresh');
    const versions = { rev: 1, stateVersion: 0, presenceVersion: 5 };
    server.broadcast('room:top', { roomId: 'r', tops: {}, ...versions });
    await clock.advance(60_000);
    expect(sent('room:join')).toHaveLength(1);
  });
});
