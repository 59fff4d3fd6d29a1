import { describe, expect, it } from 'vitest';
import { createMemoryStores } from '../../drivers/memory/memory-stores.js';
import type { EntryArchive } from '../history/entry-archive.port.js';
import { unavailable } from '../runtime/app-error.js';
import { type Clock, systemClock } from '../runtime/clock.js';
import { type Logger, silentLogger } from '../runtime/logger.js';
import { noMetrics } from '../runtime/metrics.js';
import type { RoomArchive } from './room-archive.port.js';
import type { RoomBanArchive } from './room-ban-archive.port.js';
import { RoomDirectory } from './room-directory.js';
import type { RoomStateArchive } from './room-state-archive.port.js';

/** A node over stores that it shares with others; its archive answers as told. */
function openNode({ rooms, pins }: ReturnType<typeof createMemoryStores>, clock: Clock) {
  const node = { asked: 0, isAway: false, warnings: 0 };
  const archive: Pick<RoomArchive, 'findRoomByPin' | 'listPins'> = {
    findRoomByPin: async () => null,
    listPins: async () => {
      node.asked++;
      if (node.isAway) throw unavailable('PostgreSQL');
      return [];
    },
  };
  const logger: Logger = { ...silentLogger, warn: () => void node.warnings++ };
  const directory = new RoomDirectory({
    watch: { note() {} },
    metrics: noMetrics,
    rooms,
    pins,
    archive: archive as RoomArchive,
    bans: {} as RoomBanArchive,
    states: {} as RoomStateArchive,
    entries: {} as EntryArchive,
    clock,
    logger,
  });
  return Object.assign(node, { directory });
}

function openStores(clock: Clock) {
  return createMemoryStores({ clock, channelKeep: 10, backlogEntries: 100 });
}

describe('rebuilding the PIN index', () => {
  it('is open to another node at once when it failed', async () => {
    const stores = openStores(systemClock);
    const [first, second] = [openNode(stores, systemClock), openNode(stores, systemClock)];
    first.isAway = true;
    await expect(first.directory.rebuildPins()).rejects.toMatchObject({ code: 'unavailable' });
    await second.directory.rebuildPins();
    expect(await stores.pins.completeSince()).not.toBeNull();
    await first.directory.rebuildPins();
    expect([first.asked, second.asked]).toEqual([1, 1]);
  });

  it('is tried once a second at most, however many look PINs up', async () => {
    const time = { now: 1_000_000 };
    const clock: Clock = { ...systemClock, now: () => time.now };
    const node = openNode(openStores(clock), clock);
    node.isAway = true;
    for (const asked of [1, 2]) {
      for (let n = 0; n < 20; n++) await node.directory.byPin('1001');
      expect(node).toMatchObject({ asked, warnings: asked });
      time.now += 1_000;
    }
  });
});
