import { createRequire } from 'node:module';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisCalls } from '../../../src/drivers/redis/redis-calls.js';
import { SingleSubscriber } from '../../../src/drivers/redis/redis-subscriber.js';
import { composeFrame, parseFrame } from '../../../src/engine/fanout/frame.port.js';
import { doorTopic, roomTopic } from '../../../src/engine/fanout/topic.port.js';
import { afterFile } from '../../support/after-file.js';
import { type RunningService, startOneRedis } from '../../support/services.js';
import { openProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/until.js';
import { connectRaw } from './raw-client.js';
import { type Bench, openBench, type SeenClient, TRANSPORTS } from './transport-bench.js';

let rooms = 0;

/** A room that no test has used. */
function newRoom(): string {
  rooms += 1;
  return `01890000-0000-7000-8000-${rooms.toString(16).padStart(12, '0')}`;
}

function channelOf(room: string): string {
  return `socket.io#/#${roomTopic(room)}#`;
}

function open(service: RunningService, lasting: boolean): Redis {
  const client = new Redis(
    service.url,
    lasting
      ? { maxRetriesPerRequest: null, retryStrategy: () => 50 }
      : { maxRetriesPerRequest: 0, enableOfflineQueue: false, retryStrategy: () => 50 },
  );
  client.on('error', () => {});
  afterFile(() => client.disconnect());
  return client;
}

/** A lasting one for subscriptions. */
function openSubscriber(service: RunningService): SingleSubscriber {
  return new SingleSubscriber(open(service, true), async () => {});
}

it('[BUS-1] the hook was read for this version of the adapter', () => {
  const load = createRequire(import.meta.url);
  expect(load('@socket.io/redis-adapter/package.json')).toMatchObject({ version: '8.3.0' });
});

describe('the bus over a line that fails', () => {
  async function openThroughProxy() {
    const redis = await startOneRedis();
    const proxy = await openProxy({ host: '127.0.0.1', port: redis.port });
    const publish = open(redis, false);
    await until(() => publish.status === 'ready');
    const subscribe = openSubscriber({ ...redis, url: `redis://127.0.0.1:${proxy.port}` });
    const bench = await openBench('ws', { redis: { publish: new RedisCalls(publish), subscribe } });
    afterFile(() => bench.server.close());
    let interruptions = 0;
    bench.server.bus?.onInterrupted(() => {
      interruptions += 1;
    });
    const clients = new Redis(redis.url);
    afterFile(() => clients.disconnect());
    const hasSubscriber = async () =>
      ((await clients.call('PUBSUB', 'SHARDCHANNELS')) as string[]).length > 0;
    await until(hasSubscriber);
    return { proxy, clients, interruptions: () => interruptions };
  }

  it('[BUS-4] tells when subscriptions that were cut are active again', async () => {
    const { clients, interruptions } = await openThroughProxy();
    await clients.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await until(() => interruptions() === 1, 5_000);
  });

  it('[BUS-4] notices a line that is open and brings nothing, and connects anew', async () => {
    const { proxy, interruptions } = await openThroughProxy();
    proxy.silenceOpen();
    await until(() => interruptions() === 1, 8_000);
  });
});

describe.each(TRANSPORTS)('the bus on %s', (transport) => {
  let redis: RunningService;
  let stranger: Redis;
  let bench: Bench;
  const frames: { roomId: string; body: string }[] = [];
  const rejections: unknown[] = [];
  const noteRejection = (fault: unknown) => rejections.push(fault);

  beforeAll(async () => {
    process.on('unhandledRejection', noteRejection);
    redis = await startOneRedis();
    stranger = open(redis, true);
    const publish = open(redis, false);
    await until(() => publish.status === 'ready');
    bench = await openBench(transport, {
      redis: { publish: new RedisCalls(publish), subscribe: openSubscriber(redis) },
    });
    bench.server.bus?.onFrame((roomId, raw) => {
      const frame = parseFrame(raw);
      if (frame?.kind === 'signal') {
        frames.push({ roomId, body: Buffer.from(frame.body).toString() });
      }
    });
  });
  afterAll(async () => {
    await bench.server.close();
    process.off('unhandledRejection', noteRejection);
  });

  function bus() {
    if (!bench.server.bus) throw new Error('there is no bus');
    return bench.server.bus;
  }

  async function enter(room: string): Promise<SeenClient> {
    const before = bench.handler.clients.length;
    await connectRaw(bench.host);
    const seen = bench.handler.clients[before];
    if (!seen) throw new Error('the engine saw nobody');
    seen.socket.joinTopic(room);
    return seen;
  }

  const signal = (body: string) => Buffer.from(composeFrame('s 1 room', body));
  const bodiesOf = (room: string) =>
    frames.filter(({ roomId }) => roomId === room).map(({ body }) => body);
  const subscribers = async (room: string) =>
    Number(((await stranger.call('PUBSUB', 'SHARDNUMSUB', channelOf(room))) as unknown[])[1]);

  it('[BUS-2] what anyone publishes once a joined room is subscribed arrives, once', async () => {
    const room = newRoom();
    await enter(room);
    await bus().whenSubscribed(room);
    expect(await stranger.spublish(channelOf(room), signal('ünïcödé\n\u0000'))).toBe(1);
    await until(() => bodiesOf(room).length > 0);
    await bus().publish(room, signal('own'));
    await until(() => bodiesOf(room).length > 1);
    expect(bodiesOf(room)).toEqual(['ünïcödé\n\u0000', 'own']);
  });

  it('[BUS-1] frames keep their order, and rooms that nobody here holds cost nothing', async () => {
    const [room, foreign] = [newRoom(), newRoom()];
    await enter(room);
    await enter(room);
    await Promise.all([bus().whenSubscribed(room), bus().whenSubscribed(room)]);
    expect(await stranger.spublish(channelOf(foreign), signal('x'))).toBe(0);
    const bodies = Array.from({ length: 500 }, (_, n) => String(n));
    await Promise.all(bodies.map((body) => stranger.spublish(channelOf(room), signal(body))));
    await until(() => bodiesOf(room).length >= bodies.length);
    expect(bodiesOf(room)).toEqual(bodies);
    expect(bodiesOf(foreign)).toEqual([]);
  });

  it('[BUS-1] the subscription ends with the last socket of the room, and comes again', async () => {
    const room = newRoom();
    const [one, two] = [await enter(room), await enter(room)];
    await bus().whenSubscribed(room);
    one.socket.leaveTopic(room);
    expect(await subscribers(room)).toBe(1);
    two.socket.disconnect();
    await until(async () => (await subscribers(room)) === 0);
    await enter(room);
    await bus().whenSubscribed(room);
    expect(await stranger.spublish(channelOf(room), signal('again'))).toBe(1);
    await until(() => bodiesOf(room).length === 1);
  });

  it('[BUS-2] a room that was left while its subscription was awaited is let go again', async () => {
    const room = newRoom();
    const one = await enter(room);
    one.socket.leaveTopic(room);
    await bus().whenSubscribed(room);
    await until(async () => (await subscribers(room)) === 0);
    // Left and joined again in between: it stays.
    const other = newRoom();
    const two = await enter(other);
    two.socket.leaveTopic(other);
    const subscribed = bus().whenSubscribed(other);
    two.socket.joinTopic(other);
    await Promise.all([subscribed, bus().whenSubscribed(other)]);
    expect(await stranger.spublish(channelOf(other), signal('held'))).toBe(1);
  });

  it('[BUS-5] what is said at a door comes where somebody waits, and nothing of the room with it', async () => {
    const room = newRoom();
    const before = bench.handler.clients.length;
    const raw = await connectRaw(bench.host);
    const waiter = bench.handler.clients[before]?.socket;
    waiter?.joinDoor(room);
    await bus().whenAtDoor(room);
    const door = `socket.io#/#${doorTopic(room)}#`;
    expect(await stranger.spublish(channelOf(room), signal('of the room'))).toBe(0);
    expect(await stranger.spublish(door, signal('at the door'))).toBe(1);
    await until(() => bodiesOf(room).length > 0);
    expect(bodiesOf(room)).toEqual(['at the door']);
    // The socket itself hears neither, nor what this node broadcasts to the room.
    bench.server.broadcaster.broadcast(room, Buffer.from('42["room:entry",{}]'));
    waiter?.leaveDoor(room);
    await until(async () => (await stranger.spublish(door, signal('x'))) === 0);
    expect(raw.frames.filter((frame) => frame.includes('room'))).toEqual([]);
  });

  it('[BUS-1] messages that are not frames are left to the adapter, broken ones are dropped', async () => {
    const room = newRoom();
    const { frames: seenFrames, socket } = await connectRaw(bench.host);
    bench.handler.clients.at(-1)?.socket.joinTopic(room);
    await bus().whenSubscribed(room);
    const message = (uid: string) =>
      JSON.stringify({
        uid,
        nsp: '/',
        type: 3,
        data: {
          opts: { rooms: [roomTopic(room)], except: [], flags: {} },
          packet: { type: 2, data: ['room:signal', { via: 'adapter' }], nsp: '/' },
        },
      });
    for (const broken of ['{', '{}', '[]', '\u0001', '\u0001zzz', '', '\u00ff', 'null']) {
      await stranger.spublish(channelOf(room), broken);
      await stranger.spublish('socket.io#/#', broken);
    }
    await stranger.spublish(channelOf(room), message('another-node'));
    await until(() => seenFrames.includes('42["room:signal",{"via":"adapter"}]'));
    await stranger.spublish(channelOf(room), signal('after'));
    await until(() => bodiesOf(room).includes('after'));
    socket.close();
    bench.logger.faults.length = 0;
  });

  it('[BUS-1] a handler that throws does not stop the frames that follow', async () => {
    const room = newRoom();
    await enter(room);
    await bus().whenSubscribed(room);
    await stranger.spublish(
      channelOf(room),
      Buffer.from(composeFrame('p 1 1 1 present', '{broken')),
    );
    await stranger.spublish(channelOf(room), signal('after'));
    await until(() => bodiesOf(room).includes('after'));
    expect(bench.logger.faults).toHaveLength(1);
    bench.logger.faults.length = 0;
  });

  it('[BUS-2] [BUS-3] without Redis calls fail in time, and it works again afterwards', async () => {
    const [room, late] = [newRoom(), newRoom()];
    await enter(room);
    await bus().whenSubscribed(room);
    redis.pause();
    const hung = performance.now();
    const results = await Promise.allSettled([
      enter(late).then(() => bus().whenSubscribed(late)),
      bus().publish(room, signal('lost')),
    ]);
    expect(performance.now() - hung).toBeLessThan(4_000);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    }
    redis.resume();
    await until(() =>
      bus()
        .whenSubscribed(late)
        .then(() => true),
    );
    await redis.kill();
    const lost = newRoom();
    const gone = await enter(lost);
    await expect(bus().publish(lost, signal('x'))).rejects.toMatchObject({ code: 'unavailable' });
    await expect(bus().whenSubscribed(lost)).rejects.toMatchObject({ code: 'unavailable' });
    gone.socket.leaveTopic(lost);
    await redis.restart();
    await until(
      () =>
        bus()
          .whenSubscribed(room)
          .then(() => true),
      10_000,
    );
    await until(
      () =>
        bus()
          .publish(room, signal('back'))
          .then(() => true),
      10_000,
    );
    await until(() => bodiesOf(room).includes('back'));
    await until(async () => (await subscribers(lost)) === 0);
    expect(rejections).toEqual([]);
  });

  it('[BUS-1] closing without Redis ends in time and leaves no rejection behind', async () => {
    await enter(newRoom());
    await redis.kill();
    await bench.server.close();
    await new Promise(setImmediate);
    expect(rejections).toEqual([]);
    await redis.stop();
  });
});
