import { beforeAll, describe, expect, it } from 'vitest';
import { NODE_KINDS, optionsOf } from '../support/backends.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { listen, newPerson, openRoom } from '../support/test-client.js';
import { until } from '../support/until.js';

const GRACE_SECONDS = 2;

/** One transport is enough for what the stores decide. */
const KINDS = NODE_KINDS.filter(({ drivers, transport }) =>
  drivers === 'redis' ? transport === 'uws' : transport === 'ws',
);

describe.each(KINDS)('a place in a room on $drivers drivers', (kind) => {
  let node: SpawnedNode;

  beforeAll(async () => {
    const { env, ...options } = await optionsOf(kind);
    const grace = { PINROOM_REJOIN_GRACE_SECONDS: `${GRACE_SECONDS}` };
    node = await spawnNode({ ...options, env: { ...env, ...grace } });
  });

  it('is kept for who comes back in time: same name, same seat, nothing missed', async () => {
    const host = await newPerson(node.url, 'Host');
    const { handle, pin } = await openRoom(host);
    const ada = await newPerson(node.url, 'Ada');
    const room = await ada.client.joinRoom({ pin });
    const { joinedAt } = room.self;
    const { presence } = listen(handle);
    const heard = listen(room);
    ada.cut();
    await handle.send('chat', 'while Ada is away');
    await until(() => ada.client.state === 'online' && room.status === 'live');
    await until(() => heard.entries.length === 1);
    expect(heard.entries[0]?.payload).toBe('while Ada is away');
    expect(heard.breaks).toEqual([]);
    await until(() => handle.members.get(ada.userId)?.online === true);
    expect(room.self).toMatchObject({ nickname: 'Ada', role: 'player', joinedAt });
    expect(presence.flatMap(({ left }) => left)).toEqual([]);
    const log = handle.entries('log').map(({ type }) => type);
    expect(log.filter((type) => type === 'joined')).toHaveLength(2);
  });

  it('is gone after the grace time, exactly once, and another may have the name', async () => {
    const host = await newPerson(node.url, 'Host');
    const { handle, pin } = await openRoom(host, { capacity: 1 });
    const ada = await newPerson(node.url, 'Ada');
    await ada.client.joinRoom({ pin });
    await until(() => handle.memberCount === 2);
    const { presence } = listen(handle);
    await ada.client.stop();
    await until(() => handle.members.get(ada.userId)?.online === false);
    await until(() => !handle.members.has(ada.userId), (GRACE_SECONDS + 8) * 1_000);
    expect(handle.memberCount).toBe(1);
    const ben = await newPerson(node.url, 'ada');
    await ben.client.joinRoom({ pin });
    await until(() => handle.members.has(ben.userId));
    expect(presence.flatMap(({ left }) => left)).toEqual([ada.userId]);
    const left = handle.entries('log').filter(({ type }) => type === 'left');
    expect(left).toHaveLength(1);
  });

  it('belongs to the person, not to the device', async () => {
    const host = await newPerson(node.url, 'Host');
    const { handle } = await openRoom(host);
    const kept: { token: string | null } = { token: null };
    const storage = {
      getItem: () => kept.token,
      setItem: (_name: string, value: string) => {
        kept.token = value;
      },
      removeItem: () => {
        kept.token = null;
      },
    };
    const phone = await newPerson(node.url, 'Ada', { storage });
    const laptop = await newPerson(node.url, 'Ada', { storage });
    expect(laptop.userId).toBe(phone.userId);
    const onPhone = await phone.client.joinRoom({ roomId: handle.id });
    const onLaptop = await laptop.client.joinRoom({ roomId: handle.id });
    await until(() => handle.memberCount === 2);
    await phone.client.stop();
    await handle.send('chat', 'still here?');
    await until(() => onLaptop.entries().some(({ payload }) => payload === 'still here?'));
    expect(onPhone.status).toBe('left');
    expect(handle.members.get(phone.userId)?.online).toBe(true);
    await onLaptop.leave({ everywhere: true });
    await until(() => !handle.members.has(phone.userId));
  });
});
