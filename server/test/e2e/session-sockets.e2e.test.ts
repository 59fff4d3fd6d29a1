import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRaw } from '../contracts/transport/raw-client.js';
import { NODE_KINDS, startBackends, UNLIMITED } from '../support/backends.js';
import { call, newSession } from '../support/http-calls.js';
import { openSocket, RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

/** In which the sockets of a session that ends are closed, on every node. */
const CLOSED_WITHIN_MS = 1_000;

describe.each(NODE_KINDS)('sockets of a session that ends ($drivers, $transport)', (kind) => {
  const nodes: SpawnedNode[] = [];

  beforeAll(async () => {
    const { transport } = kind;
    const backends = kind.drivers === 'redis' ? (await startBackends()).env : {};
    const env = { ...UNLIMITED, ...backends };
    nodes.push(await spawnNode({ transport, env }));
    if (kind.drivers === 'redis') nodes.push(await spawnNode({ transport, env }));
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  });

  /** A socket on every node, all of one session. */
  async function everywhere(token: string): Promise<RawSocket[]> {
    return await Promise.all(nodes.map((node) => new RawSocket(node.url, { token }).greeted()));
  }

  const url = () => nodes[0]?.url ?? '';

  it('are told and closed on every node, and hear nothing after it', async () => {
    const { socket: host } = await openSocket(url(), 'Host');
    const { room } = await host.must('room:create', {});
    const { accessToken } = await newSession(url(), 'Ann');
    const sockets = await everywhere(accessToken);
    for (const socket of sockets) await socket.must('room:join', { roomId: room.id });
    const other = await newSession(url(), 'Bob');
    const [bystander] = await everywhere(other.accessToken);

    const ended = await call(`${url()}/api/sessions/current`, {
      method: 'DELETE',
      token: accessToken,
    });
    expect(ended.status).toBe(204);
    for (const socket of sockets) {
      await until(() => !socket.socket.connected, CLOSED_WITHIN_MS);
      expect(socket.events.at(-1)?.name).toBe('session:ended');
    }
    expect(bystander?.socket.connected).toBe(true);
    const members = async () => (await host.must('room:members', { roomId: room.id })).members;
    await host.must('room:join', { roomId: room.id });
    await until(async () => (await members()).filter(({ online }) => online).length === 1);
  });

  it('are closed for every session when the user ends them all', async () => {
    const { accessToken } = await newSession(url(), 'Ann');
    const sockets = await everywhere(accessToken);
    await call(`${url()}/api/sessions`, { method: 'DELETE', token: accessToken });
    await until(() => sockets.every(({ socket }) => !socket.connected), CLOSED_WITHIN_MS);
  });

  it('get no frame more, however much is said in their room meanwhile', async () => {
    const { socket: host } = await openSocket(url(), 'Host');
    const { room } = await host.must('room:create', {});
    await host.must('room:join', { roomId: room.id });
    const { accessToken: token } = await newSession(url(), 'Ann');
    const clients = await Promise.all(nodes.map(({ port }) => openRaw(`127.0.0.1:${port}`)));
    for (const client of clients) {
      client.send(`40${JSON.stringify({ token })}`);
      await client.frame('42["session:ready"');
      await client.ask(1, JSON.stringify(['room:join', { roomId: room.id }]));
    }
    let said = 0;
    const isOver = () => clients.every(({ closeCode }) => closeCode !== null);
    const talk = async (rest: () => boolean) => {
      while (rest()) {
        await host.must('room:send', { roomId: room.id, type: 'chat', payload: `${said}` });
        said += 1;
      }
    };
    const talking = talk(() => !isOver());
    await until(() => clients.every(({ frames }) => frames.at(-1)?.startsWith('42["room:entry"')));
    await call(`${url()}/api/sessions/current`, { method: 'DELETE', token });
    await until(isOver, CLOSED_WITHIN_MS);
    await talking;
    const until20 = said + 20;
    await talk(() => said < until20);
    for (const { frames } of clients) {
      expect(frames.at(-1)).toBe('42["session:ended",{"reason":"session_ended"}]');
      expect(frames.filter((frame) => frame.startsWith('42["session:ended"'))).toHaveLength(1);
    }
  });
});
