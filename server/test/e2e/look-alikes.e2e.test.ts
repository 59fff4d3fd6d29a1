import { beforeAll, describe, expect, it } from 'vitest';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson, openRoom, refusal } from '../support/test-client.js';
import { until } from '../support/until.js';

/** `Ms. Wallace` in Cyrillic and with a capital i, `Hugo` with a zero and with an invisible space. */
const LIKE_WALLACE = ['\u041c\u0455. Wall\u0430\u0441\u0435', 'Ms WaIlace'];
const LIKE_HUGO = ['Hug0', 'Hu\u200bg\u043e'];

describe('whoever comes with a nickname that looks like a host’s', () => {
  let nodes: readonly [SpawnedNode, SpawnedNode];

  beforeAll(async () => {
    const backends = await startBackends();
    const env = { ...UNLIMITED, ...backends.env };
    nodes = await Promise.all([
      spawnNode({ env, transport: 'uws' }),
      spawnNode({ env, transport: 'ws' }),
    ]);
  });

  it('is told on any node that it is taken, also while the host is away', async () => {
    const [here, there] = nodes;
    const host = await newPerson(here.url, 'Ms. Wallace');
    const { pin } = await openRoom(host);
    const witness = await newPerson(there.url, 'Paula');
    const seat = await witness.client.joinRoom({ pin });
    const impostor = await newPerson(there.url, 'Mallory');
    const attempts = async () => {
      const words: string[] = [];
      for (const nickname of LIKE_WALLACE) {
        for (const role of ['player', 'spectator'] as const) {
          words.push(await refusal(impostor.client.joinRoom({ pin, nickname, role })));
        }
      }
      return [...new Set(words)];
    };
    expect(await attempts()).toEqual(['nickname_taken']);
    await host.client.stop();
    await until(() => seat.hostState === 'away', 10_000);
    expect(await attempts()).toEqual(['nickname_taken']);
    // The name of a player is not kept from look-alikes, and other names are free.
    expect(await refusal(impostor.client.joinRoom({ pin, nickname: 'Pau1a' }))).toBe('ok');
    await until(() => seat.memberCount === 3);
  });

  it('before the host does not keep the host out', async () => {
    const [here, there] = nodes;
    const host = await newPerson(here.url, 'Hugo');
    const { room } = await host.client.createRoom();
    const pin = room.pin ?? '';
    const [early, late] = [
      await newPerson(there.url, 'Mallory'),
      await newPerson(there.url, 'Eve'),
    ];
    const [first = '', second = ''] = LIKE_HUGO;
    expect(await refusal(early.client.joinRoom({ pin, nickname: first }))).toBe('ok');
    const stage = await host.client.joinRoom({ roomId: room.id });
    expect(stage.self).toMatchObject({ nickname: 'Hugo', role: 'host' });
    expect(await refusal(late.client.joinRoom({ pin, nickname: second }))).toBe('nickname_taken');
    // The host sees who it is, and can do something about it.
    await stage.kick(early.userId);
    const again = early.client.joinRoom({ pin, nickname: first });
    expect(await refusal(again)).toBe('nickname_taken');
  });
});
