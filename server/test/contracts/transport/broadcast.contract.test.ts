import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientFrame } from '../../../src/engine/fanout/frame.port.js';
import { until } from '../../support/until.js';
import { connectRaw, type RawClient } from './raw-client.js';
import { type Bench, openBench, type SeenClient, TRANSPORTS } from './transport-bench.js';

const ROOM = '01890000-0000-7000-8000-00000000007f';
const OTHER_ROOM = '01890000-0000-7000-8000-00000000017f';
const MAX_BUFFERED = 262_144;

function frameOf(n: number | string, filler = ''): string {
  return clientFrame('room:signal', JSON.stringify({ n, filler }));
}

/** A view into a larger buffer, as a frame is of what came from the bus. */
function bytesOf(frame: string): Uint8Array {
  return Buffer.from(`head of the frame\n${frame}`).subarray('head of the frame\n'.length);
}

function numbersOf(client: RawClient): number[] {
  return client.frames
    .filter((frame) => frame.startsWith('42["room:signal"'))
    .map((frame) => (JSON.parse(frame.slice(2)) as [string, { n: number }])[1].n);
}

describe.each(TRANSPORTS)('broadcasts on %s', (transport) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(transport, { maxBufferedBytes: MAX_BUFFERED });
  });
  afterAll(() => bench.server.close());

  async function enter(...rooms: string[]): Promise<{ client: RawClient; seen: SeenClient }> {
    const before = bench.handler.clients.length;
    const client = await connectRaw(bench.host);
    const seen = bench.handler.clients[before];
    if (!seen) throw new Error('the engine saw nobody');
    for (const room of rooms) seen.socket.joinTopic(room);
    return { client, seen };
  }

  /** Waits until whatever was sent to the client before has come. */
  async function settled({ client, seen }: { client: RawClient; seen: SeenClient }): Promise<void> {
    const mark = `42["mark",${Math.random()}]`;
    seen.socket.sendFrame(mark);
    await client.frame(mark);
  }

  it('[CAST-1] everyone in the room gets the frame as it is, nobody else does', async () => {
    const [ada, bob, eve] = [await enter(ROOM), await enter(ROOM), await enter(OTHER_ROOM)];
    const frame = frameOf(1, 'ünïcödé 🎲 \\u0000');
    bench.server.broadcaster.broadcast(ROOM, bytesOf(frame));
    await Promise.all([ada, bob, eve].map(settled));
    expect(ada.client.frames).toContain(frame);
    expect(bob.client.frames).toContain(frame);
    expect(eve.client.frames).not.toContain(frame);
    bench.server.broadcaster.broadcast('a room that is empty', bytesOf(frame));
  });

  it('[CAST-1] emit, sendFrame, acks and broadcasts keep their order on one socket', async () => {
    const one = await enter(ROOM);
    const { socket } = one.seen;
    let n = 0;
    const burst = (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        bench.server.broadcaster.broadcast(ROOM, bytesOf(frameOf(n++)));
        socket.emit('room:signal', { n: n++ } as never);
        socket.sendFrame(frameOf(n++));
        bench.server.broadcaster.broadcast(ROOM, bytesOf(frameOf(n++, 'x'.repeat(2_000))));
        bench.server.broadcaster.broadcast(ROOM, bytesOf(frameOf(n++)));
      }
    };
    burst(20);
    await Promise.resolve();
    burst(20);
    for (let turn = 0; turn < 20; turn++) {
      await new Promise(setImmediate);
      burst(3);
      one.client.send(`42${turn}["room:send",${turn}]`);
    }
    await settled(one);
    expect(numbersOf(one.client)).toEqual(Array.from({ length: n }, (_, index) => index));
  });

  it('[CAST-1] leaving and rejoining in one turn keeps the frames that follow', async () => {
    const one = await enter(ROOM);
    one.seen.socket.leaveTopic(ROOM);
    one.seen.socket.joinTopic(ROOM);
    bench.server.broadcaster.broadcast(ROOM, bytesOf(frameOf(5)));
    await settled(one);
    expect(numbersOf(one.client)).toEqual([5]);
  });

  it('[CAST-1] who left a topic hears nothing more of it, and the rest goes on', async () => {
    const one = await enter(ROOM, OTHER_ROOM);
    const other = await enter(ROOM);
    bench.server.broadcaster.broadcast(ROOM, bytesOf(frameOf(1)));
    await settled(one);
    one.seen.socket.leaveTopic(ROOM);
    bench.server.broadcaster.broadcast(ROOM, bytesOf(frameOf(2)));
    bench.server.broadcaster.broadcast(OTHER_ROOM, bytesOf(frameOf(3)));
    await Promise.all([settled(one), settled(other)]);
    expect(numbersOf(one.client)).toEqual([1, 3]);
    expect(numbersOf(other.client)).toEqual([1, 2]);
  });

  it('[CAST-1] a disconnected socket hears nothing more, and its transport is closed', async () => {
    const one = await enter(ROOM);
    const other = await enter(ROOM);
    one.seen.socket.sendFrame(frameOf('farewell'));
    one.seen.socket.disconnect();
    one.seen.socket.sendFrame(frameOf('never'));
    one.seen.socket.joinTopic(OTHER_ROOM);
    bench.server.broadcaster.broadcast(ROOM, bytesOf(frameOf('after')));
    await settled(other);
    await one.client.closed();
    expect(numbersOf(one.client)).toEqual(['farewell']);
    await until(() => one.seen.closedTimes === 1);
  });

  it('[CAST-1] a client that says goodbye hears nothing more, and its transport is closed', async () => {
    const one = await enter(ROOM);
    const other = await enter(ROOM);
    one.client.send('41');
    await until(() => one.seen.closedTimes === 1);
    bench.server.broadcaster.broadcast(ROOM, bytesOf(frameOf('after')));
    await settled(other);
    await one.client.closed();
    expect(numbersOf(one.client)).toEqual([]);
  });

  it.each(['broadcast', 'sendFrame'] as const)(
    '[CAST-1] a reader that is too slow is cut after a prefix without a gap (%s)',
    async (way) => {
      const slow = await enter(ROOM);
      const other = await enter(ROOM);
      const cutBefore = bench.metrics.values.get('pinroom_slow_consumers_total') ?? 0;
      slow.client.socket.pause();
      let n = 0;
      const filler = 'x'.repeat(16_000);
      await until(async () => {
        for (let i = 0; i < 10; i++) {
          const frame = frameOf(n++, filler);
          if (way === 'broadcast') bench.server.broadcaster.broadcast(ROOM, bytesOf(frame));
          else slow.seen.socket.sendFrame(frame);
        }
        await settled(other);
        return slow.seen.closedTimes === 1;
      }, 10_000);
      slow.client.socket.resume();
      await slow.client.closed();
      const got = numbersOf(slow.client);
      expect(got).toEqual(Array.from({ length: got.length }, (_, index) => index));
      expect(got.length).toBeLessThan(n);
      if (way === 'broadcast') expect(numbersOf(other.client)).toHaveLength(n);
      expect(bench.metrics.values.get('pinroom_slow_consumers_total')).toBe(cutBefore + 1);
    },
  );

  it('[CAST-1] who breaks off while reading is not counted as slow', async () => {
    const one = await enter(ROOM);
    const cutBefore = bench.metrics.values.get('pinroom_slow_consumers_total');
    for (let n = 0; n < 40; n++) {
      bench.server.broadcaster.broadcast(ROOM, bytesOf(frameOf(n, 'x'.repeat(16_000))));
    }
    await settled(one);
    one.client.socket.terminate();
    await until(() => one.seen.closedTimes === 1);
    expect(bench.metrics.values.get('pinroom_slow_consumers_total')).toBe(cutBefore);
  });

  it('[CAST-1] what is larger than the bound reaches who reads', async () => {
    const one = await enter(ROOM);
    const cutBefore = bench.metrics.values.get('pinroom_slow_consumers_total');
    for (let n = 0; n < 3; n++) {
      one.seen.socket.sendFrame(frameOf(n, 'x'.repeat(2 * MAX_BUFFERED)));
      await settled(one);
    }
    expect(numbersOf(one.client)).toEqual([0, 1, 2]);
    expect(bench.metrics.values.get('pinroom_slow_consumers_total')).toBe(cutBefore);
  });

  it('[CAST-1] closing in batches reaches everyone and lets them come back', async () => {
    const clients = [await enter(ROOM), await enter(ROOM), await enter(ROOM), await enter()];
    await bench.server.closeAllTransports({ batches: 3, pauseMs: 10 });
    for (const { client, seen } of clients) {
      await client.closed();
      await until(() => seen.closedTimes === 1);
      expect(client.frames.filter((frame) => frame.startsWith('41'))).toEqual([]);
    }
    await enter(ROOM);
  });
});
