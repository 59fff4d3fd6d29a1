import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endedSessionsKey } from '../../../src/drivers/redis/keys.js';
import type { EndedSessionList } from '../../../src/engine/auth/ended-session-list.port.js';
import { until } from '../../support/until.js';
import { STORE_DRIVERS } from './drivers.js';
import { type RedisBackend, startRedisBackend } from './redis-driver.js';
import { newId } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

/** Ends a session that is not here; its id. */
async function end(stores: Stores): Promise<string> {
  const userId = newId();
  const id = newId(userId.slice(-2));
  await stores.sessions.end(id, userId);
  return id;
}

/** Everything behind a position, page by page, and whether it was one list. */
async function readOn(list: EndedSessionList, after: string) {
  const ids: string[] = [];
  let [cursor, more, isContinuous, pages] = [after, true, true, 0];
  while (more) {
    const page = await list.listEnded(cursor);
    ids.push(...page.ids);
    ({ cursor, more } = page);
    isContinuous &&= page.isContinuous;
    pages += 1;
  }
  return { ids, cursor, isContinuous, pages };
}

describe.each(STORE_DRIVERS)('EndedSessionList on $name', (driver) => {
  const open = useStores(driver);

  test('[SESSION-12] sessions that end are listed from a position on, in order', async () => {
    const stores = await open();
    const list = stores.endedSessions;
    await end(stores);
    const start = await list.listEnded(null);
    expect(start.ids).toEqual([]);
    const [first, second] = [await end(stores), await end(stores)];
    const read = await readOn(list, start.cursor);
    expect(read).toMatchObject({ ids: [first, second], isContinuous: true });
    expect(await readOn(list, read.cursor)).toMatchObject({ ids: [], isContinuous: true });
  });

  test('[SESSION-12] the first of all is listed too', async () => {
    const stores = await open();
    const { cursor } = await stores.endedSessions.listEnded(null);
    const first = await end(stores);
    const read = await readOn(stores.endedSessions, cursor);
    expect(read).toMatchObject({ ids: [first], isContinuous: true });
  });

  test('[SESSION-12] more than a page are all there, each once', async () => {
    const stores = await open();
    await end(stores);
    const { cursor } = await stores.endedSessions.listEnded(null);
    const ids = await Promise.all(Array.from({ length: 2_500 }, () => end(stores)));
    const read = await readOn(stores.endedSessions, cursor);
    expect(read.ids.toSorted()).toEqual(ids.toSorted());
    expect(read.isContinuous).toBe(true);
  });

  test('[SESSION-12] a list that has lost data is read from its beginning, and says so', async () => {
    const stores = await open();
    await end(stores);
    await end(stores);
    const { cursor } = await stores.endedSessions.listEnded(null);
    await stores.loseData();
    const after = await end(stores);
    const read = await readOn(stores.endedSessions, cursor);
    expect(read).toMatchObject({ ids: [after], isContinuous: false });
    const next = await end(stores);
    expect(await readOn(stores.endedSessions, read.cursor)).toMatchObject({
      ids: [next],
      isContinuous: true,
    });
  });

  test('[SESSION-12] an empty list that had something is another one', async () => {
    const stores = await open();
    await end(stores);
    const { cursor } = await stores.endedSessions.listEnded(null);
    await stores.loseData();
    expect(await readOn(stores.endedSessions, cursor)).toMatchObject({
      ids: [],
      isContinuous: false,
    });
  });

  test('[SESSION-15] that a session has ended is told', async () => {
    const stores = await open();
    const told: boolean[] = [];
    stores.endedSessions.onEnded((interrupted) => told.push(interrupted));
    await until(async () => {
      await end(stores);
      return told.length > 1;
    });
    expect(told).not.toContain(true);
  });
});

describe('the list of ended sessions in Redis', () => {
  let backend: RedisBackend;
  let stores: Stores;

  beforeAll(async () => {
    backend = await startRedisBackend();
  });
  afterAll(() => backend[Symbol.asyncDispose]());
  beforeEach(async () => {
    stores = await backend.open();
  });

  const list = (id: string, sessionId: string) =>
    backend.redis.calls.call('XADD', endedSessionsKey, id, 'id', sessionId);

  test('[SESSION-12] is read again where its ids went back, even if newer ones are above', async () => {
    await list('5000-0', 'before');
    const { cursor } = await stores.endedSessions.listEnded(null);
    await backend.redis.calls.call('DEL', endedSessionsKey);
    // By a clock that is behind: the first is below the position, the last above it.
    await list('4000-0', 'first');
    await list('5000-0', 'same id');
    await list('6000-0', 'last');
    expect(await readOn(stores.endedSessions, cursor)).toMatchObject({
      ids: ['first', 'same id', 'last'],
      isContinuous: false,
    });
  });

  test('[SESSION-12] of a replica that lacks the newest is read again', async () => {
    await list('5000-0', 'kept');
    await list('5001-0', 'lost');
    const { cursor } = await stores.endedSessions.listEnded(null);
    await backend.redis.calls.call('XDEL', endedSessionsKey, '5001-0');
    await list('5002-0', 'new');
    expect(await readOn(stores.endedSessions, cursor)).toMatchObject({
      ids: ['kept', 'new'],
      isContinuous: false,
    });
  });

  test('[SESSION-15] a connection that comes back tells that something may have been missed', async () => {
    const told: boolean[] = [];
    stores.endedSessions.onEnded((interrupted) => told.push(interrupted));
    await until(() => told.length === 1);
    backend.redis.subscribe.reopen('ended');
    await until(() => told.includes(true));
    const before = told.length;
    await end(stores);
    await until(() => told.length > before);
  });
});
