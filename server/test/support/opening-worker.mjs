// Opens one room over the real drivers and kills itself right after the step that it is told.
// Argument: JSON {redisUrl, databaseUrl, userId, key?, pin, dieAfter, reserveMs, roomTtlMs, pinPolicy}.

import { openPostgres } from '../../dist/drivers/postgres/open-database.js';
import { PostgresEntryArchive } from '../../dist/drivers/postgres/postgres-entry-archive.js';
import { PostgresRoomArchive } from '../../dist/drivers/postgres/postgres-room-archive.js';
import { openRedis } from '../../dist/drivers/redis/redis-clients.js';
import { createRedisStores } from '../../dist/drivers/redis/redis-stores.js';
import { TokenSecrets } from '../../dist/engine/auth/token-secrets.js';
import { RoomOpener } from '../../dist/engine/room/open-room.js';
import { RoomDirectory } from '../../dist/engine/room/room-directory.js';
import { systemClock } from '../../dist/engine/runtime/clock.js';
import { silentLogger } from '../../dist/engine/runtime/logger.js';
import { noMetrics } from '../../dist/engine/runtime/metrics.js';
import { systemRandom } from '../../dist/engine/runtime/random.js';
import { noNotes } from '../../dist/engine/runtime/system-log.js';

/** The steps of opening a room, in their order, and who carries them out. */
const STEPS = { reserve: 'pins', insertRoom: 'archive', put: 'rooms', confirm: 'pins' };

const { redisUrl, databaseUrl, userId, key, pin, dieAfter, ...rest } = JSON.parse(process.argv[2]);
const around = { logger: silentLogger, metrics: noMetrics, clock: systemClock, log: noNotes };
const redis = await openRedis({ urls: redisUrl.split(','), ...around });
const stores = createRedisStores(redis, { channelKeep: 1_000, backlogEntries: 1_000 });
const database = openPostgres({ url: databaseUrl, ...around });

/** The same object, whose process does not survive the end of the step. */
function deadlyAfterStep(part, object) {
  if (STEPS[dieAfter] !== part) return object;
  return new Proxy(object, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      if (name !== dieAfter) return value.bind(target);
      return async (...args) => {
        await value.apply(target, args);
        process.kill(process.pid, 'SIGKILL');
        await new Promise(() => {});
      };
    },
  });
}

const archive = new PostgresRoomArchive(database);
const { rooms, pins } = stores;
/** As many rooms as one likes. */
const UNCOUNTED = { take: async () => {}, giveBack: async () => {} };

const opener = new RoomOpener({
  limiters: { rooms: UNCOUNTED, roomsOfNetwork: UNCOUNTED },
  ...around,
  ...rest,
  rooms: deadlyAfterStep('rooms', rooms),
  pins: deadlyAfterStep('pins', pins),
  archive: deadlyAfterStep('archive', archive),
  directory: new RoomDirectory({
    ...around,
    rooms,
    pins,
    archive,
    entries: new PostgresEntryArchive(database),
  }),
  secrets: new TokenSecrets(['a secret of this test, long enough']),
  random: { bytes: systemRandom.bytes, int: () => Number(pin) },
  roomMaxMs: 600_000,
});
await opener.open({ userId, network: 'n' }, key === undefined ? {} : { key });
throw new Error(`The opening went past its step ${dieAfter}.`);
