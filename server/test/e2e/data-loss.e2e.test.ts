import { OperatorClient } from '@pinroom/client';
import { type Entry, parseEntryId } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { newSession } from '../support/http-calls.js';
import { metricOf } from '../support/node-figures.js';
import { RawSocket } from '../support/raw-socket.js';
import { SHARED_SECRETS, type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { listen, newPerson, openRoom } from '../support/test-client.js';
import { until } from '../support/until.js';

const RECOVERY_MS = 20_000;

const LOSSES = [
  {
    loss: 'FLUSHALL',
    isNewHistory: false,
    async lose({ redis }: Backends): Promise<void> {
      const client = connectToRedis(redis.url);
      await client.flushall();
      client.disconnect();
    },
  },
  {
    loss: 'a crash of a Redis that keeps nothing on disk',
    isNewHistory: true,
    async lose({ redis }: Backends): Promise<void> {
      await redis.kill();
      await redis.restart();
    },
  },
];

describe.each(LOSSES)('after $loss', ({ isNewHistory, lose }) => {
  let backends: Backends;
  let node: SpawnedNode;

  beforeAll(async () => {
    backends = await startBackends();
    node = await spawnNode({ env: { ...UNLIMITED, ...backends.env } });
  });

  async function archived(roomId: string, count: number): Promise<void> {
    const statement = `select count(*)::int as rows from entries
      where room_id = $1 and channel = 'room'`;
    await until(async () => {
      const [row] = await backends.query<{ rows: number }>(statement, [roomId]);
      return row?.rows === count;
    });
  }

  it('a room goes on: history, PIN, sessions and ids are as if nothing had happened', async () => {
    const host = await newPerson(node.url, 'Host');
    const { handle, pin, roomId } = await openRoom(host, { title: 'Survivor' });
    const ada = await newPerson(node.url, 'Ada');
    const room = await ada.client.joinRoom({ pin });
    const heard = listen(room);
    const { user, accessToken, refreshToken } = await newSession(node.url, 'Early bird');
    for (let n = 0; n < 5; n++) await handle.send('chat', n);
    await until(() => heard.entries.length === 5);
    const ids = heard.entries.map(({ id }) => id);
    await archived(roomId, 5);
    // Sessions reach PostgreSQL within a second.
    await until(async () => {
      const rows = await backends.query('select id from sessions where user_id = $1', [user.id]);
      return rows.length === 1;
    });

    await lose(backends);

    // The node may still have to notice, and asks its clients to come again when it does.
    const page = await until(() => room.history(), RECOVERY_MS);
    expect(page.entries.map(({ id }) => id)).toEqual(ids);
    expect(page.source).toBe('archive');
    expect(page.entries.map(({ payload }) => payload)).toEqual([0, 1, 2, 3, 4]);
    const late = await newPerson(node.url, 'Late');
    const lateRoom = await late.client.joinRoom({ pin });
    expect(lateRoom.room).toMatchObject({ id: roomId, title: 'Survivor', pin });
    expect(lateRoom.entries().map(({ id }) => id)).toEqual(ids);

    const back = await new RawSocket(node.url, { token: accessToken }).greeted();
    expect(back.seen('session:ready')).toMatchObject([{ userId: user.id }]);
    const byRefresh = await new RawSocket(node.url, { refreshToken }).greeted();
    expect(byRefresh.seen('session:ready')).toMatchObject([{ userId: user.id }]);

    // Whoever was in the room comes back to it without doing anything.
    await until(() => lateRoom.memberCount === 3, RECOVERY_MS);
    const rooms = [handle, room, lateRoom];
    await until(() => rooms.every(({ status }) => status === 'live'), RECOVERY_MS);
    const receipt = await room.send('chat', 'next');
    const [before, after] = [parseEntryId(ids.at(-1) ?? ''), parseEntryId(receipt.id)];
    expect(after?.epoch).toBeGreaterThan(before?.epoch ?? Number.MAX_SAFE_INTEGER);
    expect(after?.seq).toBe(0);
    await until(() => heard.entries.length === 6, RECOVERY_MS);
    expect(heard.entries.at(-1)).toMatchObject({ id: receipt.id, after: ids.at(-1) });
    expect(heard.breaks).toEqual([]);
    const whole: Entry[] = [];
    for await (const entry of lateRoom.wholeHistory()) whole.push(entry);
    expect(whole.map(({ id }) => id)).toEqual([...ids, receipt.id]);
    expect(ada.client.user?.id).toBe(ada.userId);
    await archived(roomId, 6);

    // Who watches the nodes learns of it, too.
    expect(await metricOf(node, 'pinroom_room_lives_begun_total')).toBeGreaterThan(0);
    const token = SHARED_SECRETS.PINROOM_OPERATOR_TOKEN;
    const operator = new OperatorClient({ url: node.url, token });
    const { entries: told } = await until(async () => {
      const log = await operator.log({ type: 'redis-changed' });
      return log.entries.length > 0 === isNewHistory && log;
    });
    expect(told.every(({ level }) => level === 'warn')).toBe(true);
    expect((await metricOf(node, 'pinroom_redis_changes_total')) > 0).toBe(isNewHistory);
  }, 60_000);

  it('a PIN in use is not given to another room, and a wrong one still leads nowhere', async () => {
    const host = await newPerson(node.url, 'Host');
    const { room } = await host.client.createRoom();
    await lose(backends);
    const guest = await newPerson(node.url, 'Guest');
    await until(async () => {
      const found = await guest.client.findByPin(room.pin ?? '').catch(() => null);
      return found?.room.id === room.id;
    }, RECOVERY_MS);
    const pins = new Set([room.pin]);
    for (let n = 0; n < 20; n++) pins.add((await host.client.createRoom()).room.pin);
    expect(pins.size).toBe(21);
    const joined = await guest.client.joinRoom({ pin: room.pin ?? '' });
    expect(joined.id).toBe(room.id);
  }, 60_000);
});
