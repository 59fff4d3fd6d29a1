import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { RoomHandle } from '@pinroom/client';
import type { NodeStatus, ServerEvents } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.js';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { call } from '../support/http-calls.js';
import { descendantsOf, running } from '../support/opening-descendants.js';
import { failedStart } from '../support/opening-failure.js';
import { openSocket } from '../support/raw-socket.js';
import { SHARED_SECRETS, type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { listen, newPerson, openRoom } from '../support/test-client.js';
import { until } from '../support/until.js';

const WORKERS = 2;
const PEOPLE = 8;
/** A worker starts beside all that the others do. */
const START_MS = 30_000;
const token = SHARED_SECRETS.PINROOM_OPERATOR_TOKEN;

async function nodesOf({ url }: SpawnedNode): Promise<readonly NodeStatus[]> {
  const { body } = await call<{ nodes: NodeStatus[] }>(`${url}/api/ops/nodes`, { token });
  return body.nodes;
}

/** The workers whose figures an answer to /metrics has. */
async function scrapedWorkers({ url }: SpawnedNode): Promise<readonly string[]> {
  const { text } = await call(`${url}/metrics`, { token });
  return [...text.matchAll(/^pinroom_sockets\{worker="(\d+)"\}/gm)].map(
    ([, worker = '']) => worker,
  );
}

/** Which nodes of the group new sockets come to, as the kernel deals them. */
async function nodesOfSockets(url: string, count: number): Promise<Set<string>> {
  const sockets = await Promise.all(Array.from({ length: count }, () => openSocket(url, 'Raw')));
  const nodes = sockets.map(({ socket }) => {
    const [ready] = socket.seen<ServerEvents['session:ready']>('session:ready');
    socket.socket.disconnect();
    return ready?.nodeId ?? '';
  });
  return new Set(nodes);
}

describe(`${WORKERS} workers on one port`, () => {
  it('serve one room together; one that is killed is back, and nothing that was acknowledged gets lost', async () => {
    const backends = await startBackends();
    const env = { ...UNLIMITED, ...backends.env, PINROOM_WORKERS: `${WORKERS}` };
    const group = await spawnNode({ env });
    await until(() => /is ready at .*2 workers.*transport uws/.test(group.output()), START_MS);
    await until(async () => (await nodesOf(group)).length === WORKERS, START_MS);
    const workers = descendantsOf(group.pid);
    expect((await nodesOf(group)).map(({ pid }) => pid).sort()).toEqual(workers.sort());
    await until(async () => (await nodesOfSockets(group.url, 4)).size === WORKERS);

    const host = await newPerson(group.url, 'Host');
    const { handle, pin } = await openRoom(host);
    const rooms: RoomHandle[] = [handle];
    for (let n = 0; n < PEOPLE; n++) {
      const { client } = await newPerson(group.url, `Person ${n}`);
      rooms.push(await client.joinRoom({ pin }));
    }
    const heard = rooms.map((room) => listen(room));
    const acknowledged: string[] = [];
    let talking = true;
    const talks = rooms.map(async (room, speaker) => {
      for (let n = 0; talking; n++) {
        acknowledged.push((await room.send('chat', `${speaker}/${n}`)).id);
      }
    });
    await until(() => acknowledged.length >= 100);

    const [victim = 0, survivor = 0] = workers;
    process.kill(victim, 'SIGKILL');
    await until(async () => (await scrapedWorkers(group)).length === WORKERS, START_MS);
    const now = descendantsOf(group.pid);
    expect(now).toContain(survivor);
    expect(now).not.toContain(victim);
    expect(group.output()).toMatch(/a worker has ended: it is started again/);
    for (let n = 0; n < 6; n++) {
      expect((await scrapedWorkers(group)).toSorted()).toEqual(['1', '2']);
    }
    await until(() => rooms.every(({ status }) => status === 'live'), 15_000);
    const before = acknowledged.length;
    await until(() => acknowledged.length >= before + 100, 15_000);
    talking = false;
    await Promise.all(talks);

    const idsOf = ({ entries }: (typeof heard)[number]) =>
      entries.filter(({ channel }) => channel === 'room').map(({ id }) => id);
    await until(() => heard.every((one) => idsOf(one).length === acknowledged.length));
    const order = heard.map(idsOf)[0];
    expect(new Set(order)).toEqual(new Set(acknowledged));
    for (const one of heard) {
      expect(idsOf(one)).toEqual(order);
      expect(one.breaks).toEqual([]);
    }

    const { code, output } = await failedStart({ env, port: group.port });
    expect([code, output]).toEqual([1, expect.stringMatching(/the port is in use/)]);

    expect(await group.stop()).toBe(0);
    expect(running(now)).toEqual([]);
    const lines = group.output().trim().split('\n');
    const stopped = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'stopped');
    expect(stopped.map(({ worker }) => worker).sort()).toEqual([1, 2]);
  }, 90_000);

  it('take one free port together, and stop by themselves when their supervisor is killed', async () => {
    const { env } = await startBackends();
    const group = await spawnNode({
      env: { ...env, PINROOM_WORKERS: `${WORKERS}`, PORT: '0' },
      waitUntilReady: false,
    });
    await until(() => group.output().includes('2 workers'), START_MS);
    const ports = [...group.output().matchAll(/"port":(\d+)/g)].map(([, port]) => port);
    expect(new Set(ports).size).toBe(1);
    expect((await call(`http://127.0.0.1:${ports[0]}/readyz`)).status).toBe(200);
    const workers = descendantsOf(group.pid);
    await group.kill();
    await until(() => running(workers).length === 0, 15_000);
    expect(group.output().match(/the supervisor has gone/g)).toHaveLength(WORKERS);
    expect(group.output().match(/"msg":"stopped"/g)).toHaveLength(WORKERS);
  }, 90_000);

  it('that hang are killed and started again', async () => {
    const { env } = await startBackends();
    const group = await spawnNode({ env: { ...env, PINROOM_WORKERS: `${WORKERS}` } });
    await until(() => group.output().includes('2 workers'), START_MS);
    const workers = descendantsOf(group.pid);
    const [victim = 0, survivor = 0] = workers;
    process.kill(victim, 'SIGSTOP');
    // Else it would stay, whatever becomes of the test.
    afterFile(() => {
      if (running([victim]).length > 0) process.kill(victim, 'SIGKILL');
    });
    await until(() => running([victim]).length === 0, 40_000);
    await until(() => descendantsOf(group.pid).length === WORKERS, START_MS);
    await until(async () => (await scrapedWorkers(group)).length === WORKERS, START_MS);
    expect(descendantsOf(group.pid)).toContain(survivor);
    expect(group.output().match(/a worker hangs: it is killed/g)).toHaveLength(1);
    expect(await group.stop()).toBe(0);
  }, 120_000);

  it('do not begin where their supervisor has gone by then', () => {
    const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
    const env = { ...process.env, REDIS_URL: undefined, DATABASE_URL: undefined };
    const { status, stdout } = spawnSync(process.execPath, [program, '--worker=1/2'], {
      env,
      encoding: 'utf8',
      timeout: START_MS,
    });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/the supervisor has gone/)]);
    expect(stdout).not.toMatch(/ready/);
  });

  it('that hang while they stop are ended at once by a second signal', async () => {
    const { env, redis } = await startBackends();
    const group = await spawnNode({
      env: { ...env, PINROOM_WORKERS: `${WORKERS}`, PINROOM_DRAIN_SECONDS: '60' },
    });
    const workers = descendantsOf(group.pid);
    redis.pause();
    process.kill(group.pid, 'SIGTERM');
    await until(() => group.output().match(/"msg":"stopping"/g)?.length === WORKERS, 15_000);
    process.kill(group.pid, 'SIGINT');
    expect(await group.exited).toBe(1);
    await until(() => running(workers).length === 0, 15_000);
    redis.resume();
  }, 90_000);
});

describe('workers that cannot be', () => {
  it('are refused without Redis, and on a transport that cannot share a port', async () => {
    const { env } = await startBackends();
    const alone = await failedStart({ env: { PINROOM_WORKERS: 'auto' } });
    expect(alone.code).toBe(2);
    expect(alone.output).toMatch(/- PINROOM_WORKERS needs REDIS_URL and DATABASE_URL/);
    const workers = { ...env, PINROOM_WORKERS: '2' };
    const onWs = await failedStart({ env: workers, transport: 'ws' });
    expect(onWs.code).toBe(2);
    expect(onWs.output).toMatch(/- PINROOM_WORKERS needs uWebSockets\.js/);
    const unable = await failedStart({ env: { ...workers, NODE_OPTIONS: '--no-addons' } });
    expect(unable.code).toBe(1);
    expect(unable.output).toMatch(/cannot start: PINROOM_WORKERS: only uWebSockets\.js/);
  });

  it('are refused on the port of another process, and say once what keeps them all from starting', async () => {
    const { env } = await startBackends();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    afterFile(() => void server.close());
    const { port } = server.address() as { port: number };
    const workers = { ...env, PINROOM_WORKERS: '2' };
    const taken = await failedStart({ env: workers, port });
    expect([taken.code, taken.output]).toEqual([1, expect.stringMatching(/the port is in use/)]);
    const REDIS_URL = `redis://127.0.0.1:${port}`;
    const away = await failedStart({ env: { ...workers, REDIS_URL } });
    expect(away.code).toBe(1);
    expect(away.output.match(/cannot start: REDIS_URL/g)).toHaveLength(1);
  });
});
