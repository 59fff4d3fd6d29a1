import type { Entry, RoomHandle } from '@pinroom/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkDelivery } from '../../../load-tests/src/delivery-checker.js';
import type { ClientRecord, SentMessage } from '../../../load-tests/src/delivery-record.js';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { newSession } from '../support/http-calls.js';
import { openSocket, RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { listen, newPerson, openRoom, type TestPerson } from '../support/test-client.js';
import { until } from '../support/until.js';

const ROOMS = 10;
const CLIENTS_PER_ROOM = 10;
const ENTRIES_PER_CLIENT = 20;
const ENTRIES_PER_ROOM = CLIENTS_PER_ROOM * ENTRIES_PER_CLIENT;

interface Guest {
  readonly name: string;
  readonly person: TestPerson;
  readonly handle: RoomHandle;
  readonly seen: Entry[];
  readonly sent: SentMessage[];
}

async function wholeRoom(handle: RoomHandle, channel = 'room'): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of handle.wholeHistory({ channel })) entries.push(entry);
  return entries;
}

describe('two nodes on one Redis and one PostgreSQL', () => {
  let backends: Backends;
  let nodes: readonly [SpawnedNode, SpawnedNode];

  beforeAll(async () => {
    backends = await startBackends();
    const env = { ...UNLIMITED, ...backends.env, PINROOM_REJOIN_GRACE_SECONDS: '1' };
    nodes = await Promise.all([spawnNode({ env }), spawnNode({ env })]);
  });

  /** A room whose guests sit on both nodes in turn. */
  async function crowdedRoom(number: number): Promise<Guest[]> {
    const guests: Guest[] = [];
    let pin = '';
    for (let n = 0; n < CLIENTS_PER_ROOM; n++) {
      const name = `guest ${n} of room ${number}`;
      const person = await newPerson(nodes[(n + number) % 2]?.url ?? '', name);
      let handle: RoomHandle;
      if (n === 0) ({ handle, pin } = await openRoom(person));
      else handle = await person.client.joinRoom({ pin });
      guests.push({ name, person, handle, seen: listen(handle).entries, sent: [] });
    }
    return guests;
  }

  /** What a client of each room gets that keeps nothing to itself. */
  async function watchRoom(roomId: string, number: number): Promise<RawSocket> {
    const url = nodes[number % 2]?.url ?? '';
    const { accessToken: token } = await newSession(url, `watcher ${number}`);
    const socket = await new RawSocket(url, { token }).greeted();
    await socket.must('room:join', { roomId, role: 'spectator' });
    return socket;
  }

  async function talk({ name, person, handle, sent }: Guest): Promise<void> {
    const { id: roomId } = handle;
    await Promise.all(
      Array.from({ length: ENTRIES_PER_CLIENT }, async (_, n) => {
        const key = `${person.userId} ${n}`;
        const { id } = await handle.send('chat', { name, n }, { key });
        sent.push({ roomId, channel: 'room', key, id });
      }),
    );
  }

  function recordOf({ name, person, handle, seen, sent }: Guest): ClientRecord {
    const own = seen.filter(({ channel }) => channel === 'room');
    const channel = { roomId: handle.id, channel: 'room', entries: own, untilEnd: true };
    return { name, userId: person.userId, sent, seen: [channel] };
  }

  it('show 100 people in 10 rooms the same entries in the same order, and keep them all', async () => {
    const rooms = await Promise.all(Array.from({ length: ROOMS }, (_, n) => crowdedRoom(n)));
    const roomIds = rooms.map(([host]) => host?.handle.id ?? '');
    const watchers = await Promise.all(roomIds.map(watchRoom));
    const guests = rooms.flat();
    await Promise.all(guests.map(talk));
    await until(
      () => guests.every((guest) => recordOf(guest).seen[0]?.entries.length === ENTRIES_PER_ROOM),
      10_000,
    );
    const kept = await Promise.all(
      rooms.map(async ([host]) => {
        if (!host) throw new Error('A room has a host.');
        return {
          roomId: host.handle.id,
          channel: 'room',
          entries: await wholeRoom(host.handle),
        };
      }),
    );
    expect(kept.map(({ entries }) => entries.length)).toEqual(
      Array.from({ length: ROOMS }, () => ENTRIES_PER_ROOM),
    );
    expect(checkDelivery(guests.map(recordOf), kept)).toEqual([]);
    for (const [n, watcher] of watchers.entries()) {
      await until(() => watcher.seen<Entry>('room:entry').length === ENTRIES_PER_ROOM);
      const seen = watcher.seen<Entry>('room:entry').map(({ id }) => id);
      expect(seen).toEqual(kept[n]?.entries.map(({ id }) => id));
      const ofRooms = watcher.events.flatMap(({ payload }) => {
        const { roomId } = payload as { roomId?: string };
        return roomId === undefined ? [] : [roomId];
      });
      expect(new Set(ofRooms)).toEqual(new Set([roomIds[n]]));
    }

    const count = `select count(*)::int as rows from entries where channel = 'room'`;
    await until(async () => {
      const [row] = await backends.query<{ rows: number }>(count);
      return row?.rows === ROOMS * ENTRIES_PER_ROOM;
    }, 5_000);
    for (const { roomId, entries } of kept) {
      const rows = await backends.query<{
        id: string;
        payload: string;
        user_id: string;
        key: string;
      }>(
        `select epoch || '-' || seq as id, payload, user_id, key from entries
         where room_id = $1 and channel = 'room' order by epoch, seq`,
        [roomId],
      );
      const wanted = entries.map(({ id, payload, from, key }) => {
        return { id, payload: JSON.stringify(payload), user_id: from?.userId, key };
      });
      expect(rows).toEqual(wanted);
    }
    for (const watcher of watchers) watcher.close();
    await Promise.all(guests.map(({ person }) => person.client.stop()));
  }, 90_000);

  it('know of each other’s members, and of the rights that a host gives', async () => {
    const host = await newPerson(nodes[0].url, 'Host');
    const { handle, pin, hostKey } = await openRoom(host);
    const ada = await newPerson(nodes[1].url, 'Ada');
    const adaRoom = await ada.client.joinRoom({ pin });
    await until(() => handle.members.get(ada.userId)?.online === true);
    expect(adaRoom.members.get(host.userId)).toMatchObject({ role: 'host', online: true });
    await handle.update({ title: 'Told on both nodes' });
    await until(() => adaRoom.room.title === 'Told on both nodes');
    const ben = await newPerson(nodes[1].url, 'Ben');
    await ben.client.joinRoom({ pin, hostKey });
    await until(() => handle.room.hostIds.includes(ben.userId));
    await adaRoom.send('answer', 42, { channel: 'host' });
    const benRoom = ben.client.rooms.get(handle.id);
    await until(() => benRoom?.entries('host').length === 1 && handle.entries('host').length === 1);
    await adaRoom.leave();
    await until(() => !handle.members.has(ada.userId) && handle.memberCount === 2);
    await handle.close();
    await until(() => benRoom?.status === 'left');
  });

  it('let a person go on at the other node with everything that was missed', async () => {
    const host = await newPerson(nodes[0].url, 'Host');
    const { handle, pin } = await openRoom(host);
    const ada = await newPerson(nodes[1].url, 'Ada');
    const room = await ada.client.joinRoom({ pin });
    const heard = listen(room);
    await handle.send('chat', 0);
    await until(() => heard.entries.length === 1);
    ada.moveTo(nodes[0].url);
    ada.cut();
    for (let n = 1; n <= 300; n++) void handle.send('chat', n);
    await until(() => heard.entries.length === 301, 10_000);
    expect(heard.entries.map(({ payload }) => payload)).toEqual(
      Array.from({ length: 301 }, (_, n) => n),
    );
    expect(heard.breaks).toEqual([]);
    await room.send('chat', 'back');
    await until(() => handle.entries().at(-1)?.payload === 'back');
    await until(() => handle.members.get(ada.userId)?.online === true);
    await Promise.all([host.client.stop(), ada.client.stop()]);
  });

  it('throw nobody out who comes while others leave', async () => {
    const host = await openSocket(nodes[0].url, 'Host');
    const { room } = await host.socket.must('room:create', {});
    const roomId = room.id;
    await host.socket.must('room:join', { roomId });
    const people = await Promise.all(
      Array.from({ length: 24 }, (_, n) => openSocket(nodes[n % 2]?.url ?? '', `Guest ${n}`)),
    );
    const [stayers, leavers] = [people.slice(0, 12), people.slice(12)];
    const leaving = leavers.map(async ({ socket }) => {
      for (let round = 0; round < 5; round++) {
        await socket.must('room:join', { roomId });
        await socket.must('room:leave', { roomId });
      }
      // Back for good: the last departure was of another seat.
      await socket.must('room:join', { roomId });
    });
    const staying = stayers.map(async ({ socket }, n) => {
      await until(() => host.socket.seen('room:entry').length > n * 8);
      await socket.must('room:join', { roomId });
    });
    await Promise.all([...leaving, ...staying]);
    const { id } = await host.socket.must('room:send', { roomId, type: 'end', payload: null });
    await until(() =>
      people.every(({ socket }) => socket.seen<Entry>('room:entry').some((e) => e.id === id)),
    );
    expect(people.flatMap(({ socket }) => socket.seen('room:left'))).toEqual([]);
    const { memberCount } = await host.socket.must('room:members', { roomId });
    expect(memberCount).toBe(people.length + 1);
    for (const { socket } of people) socket.close();
  });

  it('show who was on a node that was killed as away within 15 s, and as gone after the grace', async () => {
    const host = await newPerson(nodes[0].url, 'Host');
    const { handle, pin } = await openRoom(host);
    const lost = await newPerson(nodes[1].url, 'Lost');
    const saved = await newPerson(nodes[1].url, 'Saved');
    await lost.client.joinRoom({ pin });
    const savedRoom = await saved.client.joinRoom({ pin });
    const heard = listen(savedRoom);
    await until(() => handle.memberCount === 3);
    const { presence } = listen(handle);
    await savedRoom.send('chat', 'acknowledged');
    saved.moveTo(nodes[0].url);
    await nodes[1].kill();
    await handle.send('chat', 'after the crash');
    await until(() => heard.entries.at(-1)?.payload === 'after the crash', 10_000);
    expect(heard.breaks).toEqual([]);
    await until(() => {
      const changed = presence.flatMap((event) => event.changed);
      return changed.some(({ userId, online }) => userId === lost.userId && !online);
    }, 15_000);
    await until(() => !handle.members.has(lost.userId), 15_000);
    const left = handle.entries('log').filter(({ type }) => type === 'left');
    expect(left).toHaveLength(1);
    expect(handle.members.get(saved.userId)).toMatchObject({ online: true });
    expect(presence.flatMap((event) => event.left)).toEqual([lost.userId]);
  }, 60_000);
});
