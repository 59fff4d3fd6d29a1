import { describe, expect, it } from 'vitest';
import { inRoom } from '../../../server/test/support/fake-room-client.js';
import type { RoomState } from '../model.js';

describe('the state of a room', () => {
  it('[CLIENT-9] merges the patches of the state in their order, and no older one', async () => {
    const { server, clock, room } = await inRoom();
    const told: RoomState[] = [];
    room.on('state', (state) => told.push(state));
    const patches = [{ a: 1 }, { a: { b: [] } }, { a: 9 }, { a: null, c: 2 }];
    for (const [n, version] of [1, 2, 1, 3].entries()) {
      server.broadcast('room:state', { roomId: 'r', version, patch: patches[n] });
    }
    expect(told.map(({ value }) => value)).toEqual([{ a: 1 }, { a: { b: [] } }, { c: 2 }]);
    expect(room.state).toEqual({ version: 3, value: { c: 2 } });
    await clock.advance(60_000);
    expect(server.count('room:join')).toBe(1);
  });

  it.each([
    ['a patch is missing', 'room:state', { version: 4, patch: { late: true } }],
    ['the server is ahead', 'room:top', { stateVersion: 4 }],
    ['the server has lost the newest', 'room:top', { stateVersion: 1 }],
  ])('[CLIENT-9] fetches the state anew when %s, once', async (_why, name, told) => {
    const { server, clock, room } = await inRoom();
    for (const version of [1, 2]) {
      server.broadcast('room:state', { roomId: 'r', version, patch: { version } });
    }
    server.state = { version: 1_795_418_492_512, value: { fetched: true } };
    const top = { tops: {}, rev: 1, presenceVersion: 1 };
    server.broadcast(name, { roomId: 'r', ...(name === 'room:top' ? top : {}), ...told });
    expect(room.state.value).toEqual({ version: 2 });
    await clock.advance(60_000);
    expect(room.state).toEqual(server.state);
    expect(server.count('room:join')).toBe(2);
  });

  it('[CLIENT-9] does not fetch the state for a top that was only late', async () => {
    const { server, clock, room } = await inRoom();
    const patch = (version: number) => ({ roomId: 'r', version, patch: { version } });
    const top = { roomId: 'r', tops: {}, rev: 1, presenceVersion: 1 };
    server.broadcast('room:top', { ...top, stateVersion: 1 });
    server.broadcast('room:state', patch(1));
    server.broadcast('room:top', { ...top, stateVersion: 0 });
    server.broadcast('room:state', patch(1));
    await clock.advance(60_000);
    expect(room.state).toEqual({ version: 1, value: { version: 1 } });
    expect(server.count('room:join')).toBe(1);
  });

  it('[CLIENT-9] patches the state, on condition of a version too', async () => {
    const { server, room } = await inRoom();
    server.replies['room:state'] = [{ data: { version: 5 } }, { error: 'conflict' }];
    expect(await room.patchState({ a: null, b: undefined })).toBe(5);
    const late = room.patchState([1], { ifVersion: 4 });
    await expect(late).rejects.toMatchObject({ code: 'conflict' });
    expect(server.commands.slice(-2)).toEqual([
      ['room:state', { roomId: 'r', patch: { a: null } }],
      ['room:state', { roomId: 'r', patch: [1], ifVersion: 4 }],
    ]);
  });
});
