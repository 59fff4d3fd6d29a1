import type { RoomHandle } from '@pinroom/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { command } from '../../../infra/redis-cluster.mjs';
import { ALL_RIGHT, type Rig, startRig } from '../fault/rig/rig.js';
import { call, newSession } from '../support/http-calls.js';
import { RawSocket } from '../support/raw-socket.js';
import { listen, newPerson, openRoom, refusal, type TestPerson } from '../support/test-client.js';
import { until } from '../support/until.js';

/** Rooms enough that none of three masters is without any: by chance once in ten million runs. */
const SPREAD = 42;
/** In which an entry is acknowledged where nothing is wrong. */
const PROMPT_MS = 1_500;
const FAILOVER_MS = 20_000;

interface OpenRoom {
  readonly handle: RoomHandle;
  readonly pin: string;
  readonly host: TestPerson;
}

describe('two nodes on a Redis Cluster of three masters with a replica each', () => {
  let rig: Rig;
  let urls: readonly string[];

  beforeAll(async () => {
    rig = await startRig({
      onCluster: true,
      nodes: 2,
      rooms: 12,
      socketsPerRoom: 4,
      rate: 60,
    });
    urls = rig.house.nodes.map((node) => node.process.url);
  });

  function masters() {
    const { cluster } = rig.house;
    if (!cluster) throw new Error('There is no Cluster.');
    return cluster.masters;
  }

  /** The index of the master that has a room. */
  async function masterOf(roomId: string): Promise<number> {
    const found = await Promise.all(
      masters().map(({ port }) =>
        command(port, `EXISTS pr:{${roomId.slice(-2)}}:room:${roomId}`).catch(() => 'MOVED'),
      ),
    );
    return found.indexOf('1');
  }

  /** For each master a room on it, whose host is on the first node. */
  async function roomOnEach(): Promise<OpenRoom[]> {
    const host = await newPerson(urls[0] ?? '', 'Host');
    const rooms: OpenRoom[] = [];
    while (rooms.filter(Boolean).length < masters().length) {
      const { handle, pin } = await openRoom(host);
      rooms[await masterOf(handle.id)] ??= { handle, pin, host };
    }
    return rooms;
  }

  it('spread the rooms over the masters', async () => {
    const { client } = await newPerson(urls[0] ?? '', 'Host');
    const rooms = await Promise.all(Array.from({ length: SPREAD }, () => client.createRoom()));
    const places = await Promise.all(rooms.map(({ room }) => masterOf(room.id)));
    expect([...new Set(places)].sort()).toEqual([0, 1, 2]);
  });

  it('have rooms on every master that people enter by PIN, talk in, read up, leave and close', async () => {
    const walkThrough = async ({ handle, host, pin }: OpenRoom) => {
      const ada = await newPerson(urls[1] ?? '', 'Ada');
      const room = await ada.client.joinRoom({ pin });
      const [here, there] = [listen(handle), listen(room)];
      await until(() => handle.members.get(ada.userId)?.online === true);
      expect(room.members.get(host.userId)).toMatchObject({ role: 'host', online: true });
      await Promise.all([handle.send('chat', 'from the host'), room.send('chat', 'from Ada')]);
      await handle.signal('wave', 1);
      await handle.patchState({ score: 1 });
      await until(() => here.entries.length === 2 && there.entries.length === 2);
      expect(there.entries).toEqual(here.entries);
      await until(() => there.signals.length === 1 && room.state.version > 0);
      const kept: unknown[] = [];
      for await (const { id } of room.wholeHistory({ channel: 'room' })) kept.push(id);
      expect(kept).toEqual(here.entries.map(({ id }) => id));
      await handle.kick(ada.userId);
      await until(() => there.left.includes('kicked') && handle.memberCount === 1);
      const ben = await newPerson(urls[1] ?? '', 'Ben');
      const seat = await ben.client.joinRoom({ pin });
      await until(() => handle.members.has(ben.userId));
      await seat.leave();
      await until(() => !handle.members.has(ben.userId));
      await handle.close();
      await until(async () => (await refusal(ada.client.joinRoom({ pin }))) === 'room_not_found');
    };
    await Promise.all((await roomOnEach()).map(walkThrough));
  });

  it('close the sockets of a session that ends, whichever node they are on', async () => {
    const { accessToken: token } = await newSession(urls[0] ?? '', 'Ann');
    const sockets = await Promise.all(urls.map((url) => new RawSocket(url, { token }).greeted()));
    await call(`${urls[0]}/api/sessions/current`, { method: 'DELETE', token });
    await until(() => sockets.every(({ socket }) => !socket.connected), 2_000);
    for (const { events } of sockets) expect(events.at(-1)?.name).toBe('session:ended');
  });

  it('go on under load when a master is killed: its replica takes over, and nothing is lost or twice', async () => {
    const [lost, other] = await roomOnEach();
    if (!lost || !other) throw new Error('A room is on each master.');
    const epochOf = (id: string) => Number(id.split('-')[0]);
    const before = await Promise.all([lost, other].map(({ handle }) => handle.send('chat', 0)));
    const outcome = await rig.under('a master is killed, its replica takes over', async () => {
      await masters()[0]?.kill();
      const killedAt = performance.now();
      await other.handle.send('chat', 'the other masters go on');
      expect(performance.now() - killedAt).toBeLessThan(PROMPT_MS);
      await until(
        () =>
          lost.handle.send('chat', 'back').then(
            () => true,
            () => false,
          ),
        FAILOVER_MS,
      );
      await masters()[0]?.restart();
    });
    expect(outcome).toMatchObject(ALL_RIGHT);
    const after = await Promise.all([lost, other].map(({ handle }) => handle.send('chat', 1)));
    const [old, same, next, still] = [...before, ...after].map(({ id }) => epochOf(id));
    expect(next).toBeGreaterThan(old ?? 0);
    expect(still).toBe(same);
  }, 90_000);
});
