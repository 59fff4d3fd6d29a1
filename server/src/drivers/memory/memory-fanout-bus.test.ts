import { describe, expect, test } from 'vitest';
import { composeFrame, parseFrame } from '../../engine/fanout/frame.port.js';
import { createMemoryStores, type MemoryStores } from './memory-stores.js';

const ROOM = '01a20710-0d2e-7296-81b8-7963c7f71687';

function openStores(): MemoryStores {
  const clock = { now: () => 1_000 };
  return createMemoryStores({ clock, channelKeep: 10, backlogEntries: 10 });
}

/** Lets everything run that was queued. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('MemoryFanoutBus', () => {
  test('[BUS-1] frames come one after the other, in the order of publishing', async () => {
    const { bus } = openStores();
    const seen: [string, number | undefined][] = [];
    bus.onFrame((roomId, raw) => {
      const frame = parseFrame(raw);
      seen.push([roomId, frame?.rev]);
      // What a handler causes comes behind what waits already.
      if (frame?.rev === 1) void bus.publish(ROOM, composeFrame('u 4'));
    });
    const published = [1, 2, 3].map((rev) => bus.publish(ROOM, composeFrame(`u ${rev}`)));
    expect(seen).toEqual([]);
    await Promise.all(published);
    await settled();
    expect(seen).toEqual([1, 2, 3, 4].map((rev) => [ROOM, rev]));
  });

  test('[BUS-5] so is that of a door, whose frames come the same way', async () => {
    const { bus } = openStores();
    const seen: (string | undefined)[] = [];
    bus.onFrame((_roomId, raw) => seen.push(parseFrame(raw)?.kind));
    await bus.whenAtDoor();
    await bus.publish(ROOM, composeFrame('a 1 * 1'));
    await settled();
    expect(seen).toEqual(['decided']);
  });

  test('[BUS-2] a subscription is active at once', async () => {
    const { bus } = openStores();
    const seen: string[] = [];
    bus.onFrame((roomId) => seen.push(roomId));
    await bus.whenSubscribed();
    await bus.publish(ROOM, composeFrame('u 1'));
    await settled();
    expect(seen).toEqual([ROOM]);
  });

  test('[BUS-3] a frame that nobody listens for is gone', async () => {
    const { bus } = openStores();
    await bus.publish(ROOM, composeFrame('u 1'));
    await settled();
    const seen: string[] = [];
    bus.onFrame((roomId) => seen.push(roomId));
    await bus.publish(ROOM, composeFrame('u 2'));
    await settled();
    expect(seen).toEqual([ROOM]);
  });
});
