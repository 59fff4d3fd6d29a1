import { describe, expect, test } from 'vitest';
import type { KeptState, StateWrite } from '../../../src/engine/room/room-state-store.port.js';
import { STORE_DRIVERS } from './drivers.js';
import { joined, NEW_ROOM, newId, newRecord, openRoom } from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

const EMPTY: KeptState = { version: 0, json: '{}' };

function stateWrite(roomId: string, base: number, changes: Partial<StateWrite> = {}): StateWrite {
  return { roomId, userId: null, base, json: `{"n":${base}}`, patchJson: '{"n":1}', ...changes };
}

/** What a write came to, in one word. */
async function word(stores: Stores, wish: StateWrite): Promise<string> {
  const outcome = await stores.states.write(wish);
  return outcome.kind === 'refused' ? outcome.code : outcome.kind;
}

describe.each(STORE_DRIVERS)('RoomStateStore on $name', (driver) => {
  const open = useStores(driver);

  test('[STATE-1] a new room has an empty object at version 0, an absent one nothing', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    expect(await stores.states.read(id)).toEqual(EMPTY);
    expect((await stores.rooms.get(id))?.stateVersion).toBe(0);
    expect(await stores.states.read(newId())).toBeNull();
    expect(await stores.states.write(stateWrite(newId(), 0))).toEqual({ kind: 'absent' });
  });

  test('[STATE-1] [STATE-2] a value comes back as the text that it was, and is announced as such', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { rev: 7 });
    const frames = await stores.watch(id);
    const json = '{"a":[],"b":12345678901234567890,"c":"é\\u0000\\ud800 {}","__proto__":{}}';
    const patchJson = '{"b":12345678901234567890,"e":[]}';
    expect(await stores.states.write(stateWrite(id, 0, { json, patchJson }))).toEqual({
      kind: 'written',
      version: 1,
    });
    expect(await stores.states.read(id)).toEqual({ version: 1, json });
    expect((await stores.rooms.get(id))?.stateVersion).toBe(1);
    await expect.poll(() => frames).toMatchObject([{ kind: 'state', rev: 7, version: 1 }]);
    const [frame] = frames;
    const body = frame?.kind === 'state' ? new TextDecoder().decode(frame.body) : '';
    expect(body).toBe(`42["room:state",{"roomId":"${id}","version":1,"patch":${patchJson}}]`);
  });

  test('[STATE-2] of many writes from one version one counts, the others are told what is there now', async () => {
    const stores = await open();
    const { id } = await openRoom(stores);
    const texts = Array.from({ length: 20 }, (_, n) => `{"by":${n}}`);
    const outcomes = await Promise.all(
      texts.map((json) => stores.states.write(stateWrite(id, 0, { json }))),
    );
    const current = await stores.states.read(id);
    expect(current).toEqual({ version: 1, json: texts[outcomes.findIndex(isWritten)] });
    expect(outcomes.filter(isWritten)).toEqual([{ kind: 'written', version: 1 }]);
    const others = outcomes.filter((outcome) => !isWritten(outcome));
    expect(others).toEqual(others.map(() => ({ kind: 'stale', current })));
  });

  test('[STATE-2] hosts may write, joined or not, and applications; nobody else', async () => {
    const stores = await open();
    const [absentHost, banned] = [newId(), newId()];
    const { id } = await openRoom(stores, { hostIds: [absentHost] });
    const host = await joined(stores, id, { asHost: true });
    const player = await joined(stores, id);
    const spectator = await joined(stores, id, { role: 'spectator' });
    const left = await joined(stores, id);
    await stores.members.leave(id, left.userId);
    await stores.members.kick({
      roomId: id,
      userId: banned,
      ban: true,
      network: null,
      byUserId: null,
    });
    const by = (userId: string | null) => word(stores, stateWrite(id, 99, { userId }));
    // The version is looked at last: what is `stale` was allowed.
    expect(await by(null)).toBe('stale');
    expect(await by(absentHost)).toBe('stale');
    expect(await by(host.userId)).toBe('stale');
    expect(await by(player.userId)).toBe('forbidden');
    expect(await by(spectator.userId)).toBe('forbidden');
    for (const userId of [left.userId, banned, newId()])
      expect(await by(userId)).toBe('not_in_room');
    const kick = { roomId: id, userId: host.userId, ban: false, network: null, byUserId: null };
    await stores.members.kick(kick);
    expect(await by(host.userId)).toBe('not_in_room');
    expect(await stores.states.read(id)).toEqual(EMPTY);
  });

  test('[STATE-2] a write is activity, and a closed room takes none but can be read', async () => {
    const stores = await open();
    const { id } = await openRoom(stores, { ttlMs: 600 });
    await stores.pass(400);
    expect(await word(stores, stateWrite(id, 0))).toBe('written');
    await stores.pass(300);
    expect(await stores.rooms.expire(id)).toBe('later');
    await stores.rooms.close(id, 'closed', null);
    expect(await word(stores, stateWrite(id, 1))).toBe('room_closed');
    expect(await stores.states.read(id)).toEqual({ version: 1, json: '{"n":0}' });
    await stores.rooms.retire(id, 300);
    await stores.pass(350);
    expect(await stores.states.read(id)).toBeNull();
  });

  test('[STATE-3] a room that comes back has its state, at a version that nobody has seen', async () => {
    const stores = await open();
    const record = await openRoom(stores);
    for (const base of [0, 1, 2]) await stores.states.write(stateWrite(record.id, base));
    const archived = { version: 2, json: '{"n":1}' };
    await stores.loseData();
    const back = { ...NEW_ROOM, isNew: false, state: archived };
    await stores.rooms.put(record, back);
    const restored = await stores.states.read(record.id);
    expect(restored?.json).toBe(archived.json);
    expect(restored?.version).toBeGreaterThan(3);
    const far = newRecord(stores);
    const late = { version: stores.now() + 1_000_000, json: '1' };
    await stores.rooms.put(far, { ...back, state: late });
    expect(await stores.states.read(far.id)).toEqual({ ...late, version: late.version + 1 });
    const never = newRecord(stores);
    await stores.rooms.put(never, { ...back, state: null });
    const empty = await stores.states.read(never.id);
    expect(empty?.json).toBe('{}');
    expect(empty?.version).toBeGreaterThan(3);
  });

  test('[STATE-3] a closed room that comes back has its last state as it was', async () => {
    const stores = await open();
    const closed = { closedAt: stores.now(), closeReason: 'closed' } as const;
    const record = newRecord(stores, closed);
    const state = { version: 12, json: '{"final":[1,2]}' };
    await stores.rooms.put(record, { ...NEW_ROOM, isNew: false, closedTtlMs: 400, state });
    expect(await stores.states.read(record.id)).toEqual(state);
    await stores.pass(500);
    expect(await stores.states.read(record.id)).toBeNull();
  });

  test('[STATE-4] [STATE-5] a state waits until the archive has its newest version', async () => {
    const stores = await open();
    const { states } = stores;
    const ids = ['a7', 'a7', 'b7'].map((tag) => newId(tag));
    for (const id of ids) {
      await openRoom(stores, { id });
      await states.write(stateWrite(id, 0));
      await stores.pass(2);
    }
    const [first = '', second = '', third = ''] = ids;
    expect(await states.listUnsaved(['a7', 'b7'], 10)).toEqual(ids);
    expect(await states.listUnsaved(['a7', 'b7'], 1)).toEqual([first]);
    expect(await states.listUnsaved(['b7'], 10)).toEqual([third]);
    expect(await states.listUnsaved([], 10)).toEqual([]);
    await states.write(stateWrite(first, 1));
    expect(await states.listUnsaved(['a7'], 10)).toEqual([first, second]);
    // The first is at 2 by now, and comes behind the other.
    await stores.pass(2);
    await states.confirm(first, 1);
    expect(await states.listUnsaved(['a7'], 10)).toEqual([second, first]);
    await states.confirm(first, 2);
    await states.confirm(second, 1);
    await states.confirm(second, 1);
    expect(await states.listUnsaved(['a7'], 10)).toEqual([]);
    await states.confirm(newId('a7'), 1);
    expect(await states.listUnsaved(['a7'], 10)).toEqual([]);
  });

  test('[STATE-5] a room that is gone waits no more', async () => {
    const stores = await open();
    const id = newId('c7');
    await openRoom(stores, { id });
    await stores.states.write(stateWrite(id, 0));
    await stores.rooms.close(id, 'closed', null);
    await stores.rooms.retire(id, 1);
    await stores.pass(50);
    expect(await stores.states.read(id)).toBeNull();
    await stores.states.confirm(id, null);
    expect(await stores.states.listUnsaved(['c7'], 10)).toEqual([]);
  });
});

function isWritten(outcome: { kind: string }): boolean {
  return outcome.kind === 'written';
}
