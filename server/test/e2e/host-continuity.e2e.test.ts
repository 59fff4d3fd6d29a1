import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { listen, newPerson, openRoom, refusal } from '../support/test-client.js';
import { until } from '../support/until.js';

/** A node that has just started looks at no hosts for 9 s. */
const SOON_MS = 20_000;

describe('a room whose host goes', () => {
  let backends: Backends;
  let nodes: readonly [SpawnedNode, SpawnedNode];

  const start = () => spawnNode({ env: { ...UNLIMITED, ...backends.env } });

  beforeAll(async () => {
    backends = await startBackends();
    nodes = await Promise.all([start(), start()]);
  });

  /** A host on one node, and a player on the other. */
  async function hostedRoom(settings: object) {
    const host = await newPerson(nodes[0].url, 'Hugo');
    const room = await openRoom(host, { settings });
    const player = await newPerson(nodes[1].url, 'Paula');
    const seat = await player.client.joinRoom({ pin: room.pin });
    await until(() => seat.hostState === 'present');
    return { ...room, host, player, seat, heard: listen(seat) };
  }

  it('is the same after the host’s page was reloaded: present, away, present, and never gone', async () => {
    const { host, heard, roomId, seat } = await hostedRoom({ hostGraceSeconds: 30 });
    await host.client.stop();
    await until(() => seat.hostState === 'away');
    await host.client.start();
    const again = await host.client.joinRoom({ roomId });
    await until(() => seat.hostState === 'present', SOON_MS);
    expect(again.isHost).toBe(true);
    expect(heard.presence.map(({ hostState }) => hostState)).not.toContain('gone');
    expect(seat.room.hostIds).toEqual([host.userId]);
  });

  it('is taken over from another device with the host key', async () => {
    const { host, hostKey, roomId, seat } = await hostedRoom({});
    await host.client.stop();
    const laptop = await newPerson(nodes[1].url, 'Laptop');
    expect(await refusal(laptop.client.joinRoom({ roomId, hostKey: 'wrong' }))).toBe('forbidden');
    const spare = await laptop.client.joinRoom({ roomId, hostKey });
    await until(() => seat.hostState === 'present');
    await spare.update({ title: 'Goes on' });
    await until(() => seat.room.title === 'Goes on');
  });

  it('is inherited by the player who has been there longest, when it wants that', async () => {
    const settings = { hostGraceSeconds: 1, onHostGone: 'transfer' };
    const { host, heard, pin, player, seat } = await hostedRoom(settings);
    const later = await newPerson(nodes[0].url, 'Lena');
    const other = await later.client.joinRoom({ pin });
    await host.client.stop();
    await until(() => seat.isHost, SOON_MS);
    expect(other.isHost).toBe(false);
    await until(() => other.hostState === 'present');
    expect(other.room.hostIds).toEqual([host.userId, player.userId]);
    await seat.update({ title: 'Mine now' });
    await until(() => seat.entries('log').some(({ type }) => type === 'host'));
    expect(heard.left).toEqual([]);
  });

  it('closes, when it wants that', async () => {
    const settings = { hostGraceSeconds: 1, onHostGone: 'close' };
    const { host, heard, seat, roomId, player } = await hostedRoom(settings);
    await host.client.stop();
    await until(() => seat.status === 'left', SOON_MS);
    expect(heard.left).toEqual(['closed']);
    expect((await player.client.getRoom(roomId)).closedAt).not.toBeNull();
  });

  it('tells the players once that the host is gone, and goes on, by default', async () => {
    const { host, heard, seat } = await hostedRoom({ hostGraceSeconds: 1 });
    await host.client.stop();
    await until(() => seat.hostState === 'gone', SOON_MS);
    await seat.send('chat', 'alone');
    expect(heard.presence.filter(({ hostState }) => hostState === 'gone')).toHaveLength(1);
    await host.client.start();
    await host.client.joinRoom({ roomId: seat.id });
    await until(() => seat.hostState === 'present');
  });

  it('never shows its host as gone while the nodes are restarted one after the other', async () => {
    const settings = { hostGraceSeconds: 5, onHostGone: 'close' };
    const { host, handle, heard, player, seat } = await hostedRoom(settings);
    for (const n of [0, 1] as const) {
      const stays = nodes[1 - n]?.url ?? '';
      const old = nodes[n];
      for (const person of [host, player]) person.moveTo(stays);
      await old.stop();
      nodes = n === 0 ? [await start(), nodes[1]] : [nodes[0], await start()];
      await until(() => handle.status === 'live' && seat.status === 'live', SOON_MS);
      await handle.send('chat', `after restart ${n}`);
    }
    await until(() => heard.entries.length === 2, SOON_MS);
    await until(() => seat.hostState === 'present');
    expect(heard.presence.map(({ hostState }) => hostState)).not.toContain('gone');
    expect(seat.room.closedAt).toBeNull();
  });

  it('outlives a restart of all nodes that takes longer than its hosts may be away', async () => {
    const settings = { hostGraceSeconds: 1, onHostGone: 'close' };
    const { handle, host, player, seat } = await hostedRoom(settings);
    await Promise.all(nodes.map((node) => node.stop()));
    const goneAt = Date.now() + 1_000;
    await until(() => Date.now() > goneAt);
    nodes = await Promise.all([start(), start()]);
    host.moveTo(nodes[0].url);
    player.moveTo(nodes[1].url);
    await until(() => handle.status === 'live' && seat.status === 'live', SOON_MS);
    await until(() => seat.hostState === 'present', SOON_MS);
    expect(seat.room.closedAt).toBeNull();
  });
});
