import type { Entry, Member } from '@pinroom/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { NODE_KINDS, optionsOf } from '../support/backends.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { listen, newPerson, openRoom, refusal } from '../support/test-client.js';
import { until } from '../support/until.js';

const DEADLINE_MS = 10_000;

function texts(entries: readonly Entry[], channel = 'room'): unknown[] {
  return entries.filter((entry) => entry.channel === channel).map(({ payload }) => payload);
}

describe.each(NODE_KINDS)('a room on $drivers drivers over $transport', (kind) => {
  let node: SpawnedNode;

  beforeAll(async () => {
    node = await spawnNode(await optionsOf(kind));
  });

  /** A host in a fresh room, and players who came in by its PIN. */
  async function seatedRoom(
    players: readonly string[],
    options: Parameters<typeof openRoom>[1] = {},
  ) {
    const host = await newPerson(node.url, 'Host');
    const room = await openRoom(host, options);
    const guests = [];
    for (const nickname of players) {
      const person = await newPerson(node.url, nickname);
      guests.push({ ...person, handle: await person.client.joinRoom({ pin: room.pin }) });
    }
    return { host, ...room, guests };
  }

  function guest<T>(guests: readonly T[], n: number): T {
    const found = guests[n];
    if (!found) throw new Error(`There is no guest ${n}.`);
    return found;
  }

  it('says at its start which drivers and which transport it runs', () => {
    expect(node.output()).toMatch(kind.transport === 'uws' ? /transport uws/i : /transport ws/i);
    expect(node.output()).toMatch(kind.drivers === 'redis' ? /Redis/i : /memory|embedded/i);
  });

  it('is opened with a PIN, and entered by whoever types it', async () => {
    const host = await newPerson(node.url, 'Hanna');
    const opened = await openRoom(host, { title: 'Quiz night', capacity: 7 });
    expect(opened.pin).toMatch(/^[1-9]\d{5}$/);
    expect(opened.handle.self).toMatchObject({ nickname: 'Hanna', role: 'host', online: true });
    const player = await newPerson(node.url, 'Pia');
    expect((await player.client.findByPin(opened.pin)).room).toEqual({
      id: opened.roomId,
      pin: opened.pin,
      title: 'Quiz night',
      locked: false,
      full: false,
    });
    const typed = `${opened.pin.slice(0, 3)} ${opened.pin.slice(3)}`;
    const handle = await player.client.joinRoom({ pin: typed });
    expect(handle.id).toBe(opened.roomId);
    expect(handle.room).toMatchObject({ title: 'Quiz night', capacity: 7, memberCount: 2 });
    expect(handle.self).toMatchObject({ userId: player.userId, nickname: 'Pia', role: 'player' });
    expect([...handle.members.values()].map(({ nickname }) => nickname)).toEqual(['Hanna', 'Pia']);
    await until(() => opened.handle.memberCount === 2);
    expect((await host.client.listRooms()).rooms.map(({ id }) => id)).toEqual([opened.roomId]);
    expect((await player.client.listRooms()).rooms).toEqual([]);
  });

  it('brings the entries of each channel to exactly those who may read it', async () => {
    const { guests, handle } = await seatedRoom(['Ada', 'Ben']);
    const [ada, ben] = [guest(guests, 0), guest(guests, 1)];
    const heard = [handle, ada.handle, ben.handle].map((room) => listen(room));
    await ada.handle.send('chat', 'to all');
    await ada.handle.send('answer', 'to hosts', { channel: 'host' });
    await handle.send('note', 'to Ada', { channel: `user:${ada.userId}` });
    await ben.handle.send('chat', 'last');
    await until(() => heard.every(({ entries }) => texts(entries).includes('last')));
    const [hostHeard, adaHeard, benHeard] = heard.map(({ entries }) =>
      entries.filter(({ channel }) => channel !== 'log').map(({ payload }) => payload),
    );
    expect(hostHeard).toEqual(['to all', 'to hosts', 'last']);
    expect(adaHeard).toEqual(['to all', 'to Ada', 'last']);
    expect(benHeard).toEqual(['to all', 'last']);
    expect(ada.handle.entries('room')[0]).toMatchObject({
      type: 'chat',
      payload: 'to all',
      from: { userId: ada.userId, nickname: 'Ada' },
    });
    const log = handle.entries('log');
    expect(log.map(({ type }) => type)).toEqual(['created', 'joined', 'joined', 'joined']);
    expect(log.every(({ from }) => from === null)).toBe(true);
    expect(ada.handle.entries('log')).toEqual([]);
  });

  it('refuses channels that are not for one, to read or to write', async () => {
    const { guests, handle } = await seatedRoom(['Ada', 'Ben']);
    const [ada, ben] = [guest(guests, 0), guest(guests, 1)];
    const own = `user:${ada.userId}`;
    expect(await refusal(ben.handle.send('note', 1, { channel: own }))).toBe('forbidden');
    expect(await refusal(ben.handle.history({ channel: own }))).toBe('forbidden');
    expect(await refusal(ben.handle.history({ channel: 'host' }))).toBe('forbidden');
    expect(await refusal(ben.handle.history({ channel: 'log' }))).toBe('forbidden');
    expect(await refusal(handle.send('note', 1, { channel: 'log' }))).toBe('bad_request');
    expect(await refusal(ada.handle.history({ channel: own }))).toBe('ok');
    await handle.update({ settings: { playersMaySend: false } });
    expect(await refusal(ada.handle.send('chat', 1))).toBe('forbidden');
    expect(await refusal(ada.handle.send('answer', 1, { channel: 'host' }))).toBe('ok');
    expect(await refusal(handle.send('chat', 1))).toBe('ok');
    const stranger = await newPerson(node.url, 'Eve');
    expect(await refusal(stranger.client.entries(handle.id))).toBe('not_in_room');
    expect(await refusal(stranger.client.getRoom(handle.id))).toBe('not_in_room');
  });

  it('carries signals to those who are there, and keeps none', async () => {
    const { guests, handle } = await seatedRoom(['Ada', 'Ben']);
    const [ada, ben] = [guest(guests, 0), guest(guests, 1)];
    const heard = [handle, ada.handle, ben.handle].map((room) => listen(room).signals);
    await ada.handle.signal('typing', 'all');
    await ada.handle.signal('hand', 'hosts', { to: 'host' });
    await handle.signal('hint', 'Ben', { to: `user:${ben.userId}` });
    await handle.signal('end', 'end');
    await until(() => heard.every((signals) => signals.at(-1)?.type === 'end'));
    const payloads = heard.map((signals) => signals.map(({ payload }) => payload));
    expect(payloads).toEqual([
      ['all', 'hosts', 'end'],
      ['all', 'end'],
      ['all', 'Ben', 'end'],
    ]);
    expect(heard[2]?.[0]).toMatchObject({
      to: 'room',
      type: 'typing',
      from: { userId: ada.userId, nickname: 'Ada' },
    });
    expect(await refusal(ada.handle.signal('x', 1, { to: `user:${ben.userId}` }))).toBe(
      'forbidden',
    );
    expect((await handle.history()).entries).toEqual([]);
  });

  it('tells who comes, who is away and who leaves', async () => {
    const { guests, handle } = await seatedRoom(['Ada']);
    const ada = guest(guests, 0);
    const { presence } = listen(handle);
    const ben = await newPerson(node.url, 'Ben');
    const benRoom = await ben.client.joinRoom({ roomId: handle.id });
    await until(() => presence.some(({ joined }) => joined.some((m) => m.userId === ben.userId)));
    expect(handle.members.get(ben.userId)).toMatchObject({ nickname: 'Ben', online: true });
    await ada.client.stop();
    await until(() => handle.members.get(ada.userId)?.online === false);
    expect(handle.memberCount).toBe(3);
    await benRoom.leave();
    await until(() => presence.some(({ left }) => left.includes(ben.userId)));
    expect(handle.members.has(ben.userId)).toBe(false);
    expect(handle.memberCount).toBe(2);
    const versions = presence.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  it('reads its history back in pages, in both directions', async () => {
    const { guests, handle } = await seatedRoom(['Ada']);
    const ada = guest(guests, 0);
    for (let n = 0; n < 7; n++) await ada.handle.send('chat', n);
    const pages: unknown[][] = [];
    for (let before: string | null | undefined; before !== null; ) {
      const page = await handle.history({ limit: 3, ...(before ? { before } : {}) });
      pages.unshift(texts(page.entries));
      before = page.nextCursor;
    }
    expect(pages).toEqual([[0], [1, 2, 3], [4, 5, 6]]);
    const all: unknown[] = [];
    for await (const entry of ada.handle.wholeHistory()) all.push(entry.payload);
    expect(all).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const ids = handle.entries('room').map(({ id }) => id);
    const middle = await handle.history({ after: ids[1] ?? '', limit: 2 });
    expect(texts(middle.entries)).toEqual([2, 3]);
    const sameOverHttp = await ada.client.entries(handle.id, { after: ids[1] ?? '', limit: 2 });
    expect(sameOverHttp.entries).toEqual(middle.entries);
  });

  it('lists its members page by page in the order in which they came', async () => {
    const names = ['Ada', 'Ben', 'Cem', 'Dee'];
    const { handle } = await seatedRoom(names);
    const seen: Member[] = [];
    const sizes: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await handle.membersPage({ limit: 2, ...(cursor ? { cursor } : {}) });
      expect(page.memberCount).toBe(5);
      sizes.push(page.members.length);
      seen.push(...page.members);
      cursor = page.nextCursor;
    }
    expect(sizes).toEqual([2, 2, 1]);
    expect(seen.map(({ nickname }) => nickname)).toEqual(['Host', ...names]);
  });

  it('closes for all at once, and can be read afterwards', async () => {
    const { host, guests, handle, pin, roomId } = await seatedRoom(['Ada']);
    const ada = guest(guests, 0);
    const heard = [listen(handle), listen(ada.handle)];
    await ada.handle.send('chat', 'before the end');
    expect(await refusal(ada.handle.close())).toBe('forbidden');
    await handle.patchState({ round: 1 });
    await handle.close();
    await until(() => heard.every(({ left }) => left.length > 0));
    expect(heard.map(({ left }) => left)).toEqual([['closed'], ['closed']]);
    const later = await newPerson(node.url, 'Late');
    expect(await refusal(later.client.joinRoom({ roomId }))).toBe('room_closed');
    expect(await refusal(ada.client.joinRoom({ roomId }))).toBe('room_closed');
    await until(async () => (await refusal(later.client.findByPin(pin))) === 'room_not_found');
    expect(await refusal(later.client.joinRoom({ pin }))).toBe('room_not_found');
    const closed = await ada.client.getRoom(roomId);
    expect(closed).toMatchObject({ pin: null, id: roomId });
    expect(closed.closedAt).toBeGreaterThan(closed.createdAt);
    expect(texts((await ada.client.entries(roomId)).entries)).toEqual(['before the end']);
    const log = await host.client.entries(roomId, { channel: 'log' });
    expect(log.entries.at(-1)?.type).toBe('closed');
    expect(await refusal(later.client.entries(roomId))).toBe('not_in_room');
    expect(await ada.client.getState(roomId)).toEqual({ version: 1, value: { round: 1 } });
    // What has no method of its own goes with the token.
    const headers = { authorization: `Bearer ${await host.client.accessToken()}` };
    const all = await fetch(`${node.url}/api/rooms/${roomId}/export.ndjson`, { headers });
    expect(await all.text()).toContain('before the end');
    expect(await refusal(ada.client.deleteRoom(roomId))).toBe('forbidden');
    await ada.client.deleteUser();
    expect(ada.client.user).toBeNull();
    await host.client.deleteRoom(roomId);
    expect(await refusal(host.client.getRoom(roomId))).toBe('room_not_found');
  });

  it('can be renamed, locked and limited by its host, and everyone learns of it', async () => {
    const { guests, handle, pin } = await seatedRoom(['Ada']);
    const ada = guest(guests, 0);
    const heard = listen(ada.handle);
    const locked = await handle.update({ title: 'Final round', locked: true });
    expect(locked).toMatchObject({ title: 'Final round', locked: true });
    await until(() =>
      heard.updates.some(({ title, locked: now }) => title === 'Final round' && now),
    );
    expect(await refusal(ada.handle.update({ locked: false }))).toBe('forbidden');
    const ben = await newPerson(node.url, 'Ben');
    expect(await refusal(ben.client.joinRoom({ pin }))).toBe('room_locked');
    expect((await ben.client.findByPin(pin)).room).toMatchObject({ locked: true, full: false });
    // Who has a place may come back, whatever the door says.
    await ada.handle.leave();
    expect(await refusal(ada.client.joinRoom({ pin }))).toBe('room_locked');
    await handle.update({ locked: false, capacity: 1 });
    const back = await ada.client.joinRoom({ pin });
    expect(await refusal(ben.client.joinRoom({ pin }))).toBe('room_full');
    expect((await ben.client.findByPin(pin)).room).toMatchObject({ full: true });
    ada.cut();
    await until(() => back.status === 'live' && ada.client.state === 'online', DEADLINE_MS);
    await handle.update({ capacity: 2 });
    expect(await refusal(ben.client.joinRoom({ pin }))).toBe('ok');
  });

  it('makes a host of whoever brings the host key', async () => {
    const { guests, handle, hostKey, pin, roomId } = await seatedRoom(['Ada']);
    const tablet = await newPerson(node.url, 'Tablet');
    const second = await tablet.client.joinRoom({ pin, hostKey });
    expect(second.self.role).toBe('host');
    await until(() => handle.room.hostIds.includes(tablet.userId));
    await guest(guests, 0).handle.send('answer', 'for hosts', { channel: 'host' });
    await until(() => texts(second.entries('host'), 'host').includes('for hosts'));
    expect((await second.update({ title: 'From the tablet' })).title).toBe('From the tablet');
    const ben = await newPerson(node.url, 'Ben');
    const wrong = ben.client.joinRoom({ roomId, hostKey: `${hostKey}x` });
    expect(await refusal(wrong)).toBe('forbidden');
    // A player with the key becomes a host without leaving.
    const ada = guest(guests, 0);
    expect((await ada.client.joinRoom({ roomId, hostKey })).self.role).toBe('host');
    expect(texts(ada.handle.entries('host'), 'host')).toEqual(['for hosts']);
  });

  it('counts a message once that is sent twice, and takes one answer where one is asked', async () => {
    const { host, guests, handle } = await seatedRoom(['Ada', 'Ben']);
    const [ada, ben] = [guest(guests, 0), guest(guests, 1)];
    const first = await ada.handle.send('chat', 'hello', { key: 'k1' });
    const again = await ada.handle.send('chat', 'hello', { key: 'k1' });
    expect(again).toMatchObject({ id: first.id, at: first.at, duplicate: true });
    const fromBen = await ben.handle.send('chat', 'hello', { key: 'k1' });
    expect(fromBen).toMatchObject({ duplicate: false });
    expect((await handle.history()).entries.map(({ id }) => id)).toEqual([first.id, fromBen.id]);
    const answer = { channel: 'host', once: 'question-1' };
    const kept = await ada.handle.send('answer', 'A', { ...answer, key: 'a1' });
    expect(await refusal(ada.handle.send('answer', 'B', answer))).toBe('conflict');
    // The same message again is no second answer.
    const repeat = await ada.handle.send('answer', 'A', { ...answer, key: 'a1' });
    expect(repeat).toMatchObject({ id: kept.id, duplicate: true });
    expect(await refusal(ben.handle.send('answer', 'B', answer))).toBe('ok');
    expect(await refusal(ada.handle.send('x', 1, { ...answer, once: 'question-2' }))).toBe('ok');
    const one = await host.client.createRoom({ key: 'my room' });
    const two = await host.client.createRoom({ key: 'my room' });
    expect(two).toEqual(one);
    const other = await ada.client.createRoom({ key: 'my room' });
    expect(other.room.id).not.toBe(one.room.id);
  });

  it('has each nickname once, however it is written', async () => {
    const { guests, handle, pin } = await seatedRoom(['Ada']);
    const other = await newPerson(node.url, 'ＡDA\u200b');
    expect(await refusal(other.client.joinRoom({ pin }))).toBe('nickname_taken');
    const joined = await other.client.joinRoom({ pin, nickname: '  Ada   the 2nd ' });
    expect(joined.self.nickname).toBe('Ada the 2nd');
    await guest(guests, 0).handle.leave();
    await until(() => handle.memberCount === 2);
    const third = await newPerson(node.url, 'ada');
    expect((await third.client.joinRoom({ pin })).self.nickname).toBe('ada');
  });

  it('lets spectators watch beside a full room, and say nothing', async () => {
    const { guests, handle, pin } = await seatedRoom(['Ada'], { capacity: 1 });
    const watcher = await newPerson(node.url, 'Wim');
    const seat = await watcher.client.joinRoom({ pin, role: 'spectator' });
    expect(seat.self.role).toBe('spectator');
    await guest(guests, 0).handle.send('chat', 'watch this');
    await until(() => texts(seat.entries()).includes('watch this'));
    expect(await refusal(seat.send('chat', 'me too'))).toBe('forbidden');
    expect(await refusal(seat.history({ channel: 'host' }))).toBe('forbidden');
    await until(() => handle.memberCount === 3);
    const second = await newPerson(node.url, 'Xav');
    expect(await refusal(second.client.joinRoom({ pin, role: 'spectator' }))).toBe('room_full');
  });
});
