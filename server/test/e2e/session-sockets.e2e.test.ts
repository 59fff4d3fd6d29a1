import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODE_KINDS, startBackends, UNLIMITED } from '../support/backends.js';
import { call, newSession } from '../support/http-calls.js';
import { openSocket, RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

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
      await until(() => !socket.socket.connected, 5_000);
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
    await until(() => sockets.every(({ socket }) => !socket.connected), 5_000);
  });
});
