import { createMemoryStores } from '../../../src/drivers/memory/memory-stores.js';
import { type Frame, parseFrame } from '../../../src/engine/fanout/frame.port.js';
import {
  DEFAULT_OPTIONS,
  type StoreDriver,
  type StoreOptions,
  type Stores,
} from './store-driver.js';

/** The stores of one node without Redis, on a clock that only moves when a test says so. */
export const memoryDriver: StoreDriver = {
  name: 'memory',
  async start() {
    return {
      open: async (options) => openMemory({ ...DEFAULT_OPTIONS, ...options }),
      [Symbol.asyncDispose]: async () => {},
    };
  },
};

function openMemory(options: StoreOptions): Stores {
  let now = Date.now();
  const watched = new Map<string, Frame[]>();
  const create = () => {
    const { bus, ...stores } = createMemoryStores({ ...options, clock: { now: () => now } });
    bus.onFrame((roomId, raw) => {
      const frame = parseFrame(raw);
      // One way leads to the one node; what tells a door's frames apart is what they say.
      const place = frame?.kind === 'decided' ? `door of ${roomId}` : roomId;
      if (frame) watched.get(place)?.push(frame);
    });
    return stores;
  };
  const watch = (place: string) => {
    const frames: Frame[] = [];
    watched.set(place, frames);
    return frames;
  };
  const stores = {
    ...create(),
    now: () => now,
    pass: async (ms: number) => {
      now += ms;
    },
    loseData: async () => {
      Object.assign(stores, create());
    },
    watch: async (roomId: string) => watch(roomId),
    watchDoor: async (roomId: string) => watch(`door of ${roomId}`),
    [Symbol.asyncDispose]: async () => {},
  };
  return stores;
}
