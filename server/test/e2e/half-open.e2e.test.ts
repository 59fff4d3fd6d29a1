import type { RoomHandle } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { metricOf } from '../support/node-figures.js';
import { openSocket } from '../support/raw-socket.js';
import { spawnNode } from '../support/spawn-node.js';
import { openProxy } from '../support/tcp-proxy.js';
import { listen, newPerson, openRoom } from '../support/test-client.js';
import { until } from '../support/until.js';

const TRANSPORTS = ['uws', 'ws'] as const;
const VANISHING = 5;
/** A ping every 10 s, and 10 s for its answer. */
const FOUND_MS = 20_000;
/** For what comes after the ping: giving the seat back, telling the others, a busy machine. */
const SLACK_MS = 3_000;

describe('clients whose connection is open and carries nothing, on both transports at once', () => {
  it('are shown as away within 20 s, nobody else is, and who comes back has missed nothing', async () => {
    const backends = await startBackends();
    // Long enough that nobody leaves the room in this test.
    const env = { ...UNLIMITED, ...backends.env, PINROOM_REJOIN_GRACE_SECONDS: '600' };
    const nodes = await Promise.all(TRANSPORTS.map((transport) => spawnNode({ transport, env })));
    const [first] = nodes;
    if (!first) throw new Error('no node');
    const { handle: host, roomId } = await openRoom(await newPerson(first.url, 'Host'));

    const vanishing: string[] = [];
    const returning: { userId: string; room: RoomHandle }[] = [];
    const watching: RoomHandle[] = [host];
    const proxies = [];
    for (const [n, node] of nodes.entries()) {
      const proxy = await openProxy({ host: '127.0.0.1', port: node.port });
      proxies.push(proxy);
      const url = `http://127.0.0.1:${proxy.port}`;
      for (let m = 0; m < VANISHING; m++) {
        const { socket, userId } = await openSocket(url, `Vanishing ${n}-${m}`);
        await socket.must('room:join', { roomId });
        vanishing.push(userId);
      }
      const back = await newPerson(url, `Returning ${n}`);
      returning.push({ userId: back.userId, room: await back.client.joinRoom({ roomId }) });
      const stays = await newPerson(node.url, `Staying ${n}`);
      watching.push(await stays.client.joinRoom({ roomId }));
    }
    const all = vanishing.length + returning.length + watching.length;
    await until(() => watching.every(({ memberCount }) => memberCount === all));
    const heard = returning.map(({ room }) => listen(room));
    const awayFor = (room: RoomHandle) =>
      [...room.members.values()].filter(({ online }) => !online).map(({ userId }) => userId);
    expect(watching.flatMap(awayFor)).toEqual([]);

    const seenAway = watching.map((room) => {
      const away = new Set<string>();
      room.on('presence', () => {
        for (const userId of awayFor(room)) away.add(userId);
      });
      return away;
    });
    const silencedAt = performance.now();
    for (const proxy of proxies) proxy.silenceOpen();
    const sent: string[] = [];
    for (let n = 0; n < 10; n++) sent.push((await host.send('chat', n)).id);

    await until(
      () => seenAway.every((away) => vanishing.every((userId) => away.has(userId))),
      FOUND_MS + SLACK_MS,
    );
    expect(performance.now() - silencedAt).toBeLessThan(FOUND_MS + SLACK_MS);
    // Who notices the silence as soon as the server does is perhaps back before it was away.
    const silenced = new Set([...vanishing, ...returning.map(({ userId }) => userId)]);
    for (const away of seenAway) {
      expect([...away].filter((userId) => !silenced.has(userId))).toEqual([]);
    }

    // The library notices the silence by itself, and comes back over a new connection.
    for (const { entries, breaks } of heard) {
      await until(() => entries.length >= sent.length, FOUND_MS);
      expect(entries.map(({ id }) => id)).toEqual(sent);
      expect(breaks).toEqual([]);
    }
    for (const room of watching) {
      await until(() => awayFor(room).sort().join() === [...vanishing].sort().join());
    }
    // Who stays and who came back; the host is at the first node.
    for (const node of nodes) {
      const sockets = () => metricOf(node, 'pinroom_sockets');
      await until(async () => (await sockets()) === (node === first ? 3 : 2));
    }
  }, 90_000);
});
