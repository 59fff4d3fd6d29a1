import type { NodeStatus } from '@pinroom/client/contract';
import { describe, expect, test } from 'vitest';
import { STORE_DRIVERS } from './drivers.js';
import { useStores } from './use-stores.js';

const LEASE_MS = 60_000;

function status(life: string, changes: Partial<NodeStatus> = {}): NodeStatus {
  return {
    id: `node of ${life}`,
    life,
    host: 'one',
    pid: 7,
    version: '1.2.3',
    startedAt: 1_000,
    at: 2_000,
    uptimeSeconds: 1,
    tags: 256,
    sockets: 3,
    rooms: 2,
    loopDelayMs: 1.5,
    backends: { redis: 'up', postgres: 'down' },
    archiveLagMs: 0,
    entries: 7,
    refused: { muted: 2 },
    draining: false,
    ...changes,
  };
}

describe.each(STORE_DRIVERS)('NodeDirectory on $name', (driver) => {
  const open = useStores(driver);

  test('[NODE-1] what a node says replaces what it said before', async () => {
    const { leases, nodes } = await open();
    await leases.renew('life-a', LEASE_MS);
    await nodes.say(status('life-a'));
    await nodes.say(status('life-a', { sockets: 9 }));
    expect(await nodes.listLiving()).toEqual([status('life-a', { sockets: 9 })]);
  });

  test('[NODE-2] the living are listed, the longest running first, and nobody else', async () => {
    const stores = await open();
    const { leases, nodes } = stores;
    expect(await nodes.listLiving()).toEqual([]);
    for (const life of ['young', 'old', 'stopped', 'silent']) {
      await leases.renew(life, life === 'silent' ? 300 : LEASE_MS);
      await nodes.say(status(life, { startedAt: life === 'old' ? 1 : 5 }));
    }
    await leases.renew('speechless', LEASE_MS);
    await leases.end('stopped');
    await stores.pass(400);
    expect((await nodes.listLiving()).map(({ life }) => life)).toEqual(['old', 'young']);
  });

  test('[NODE-3] lives that ran out end, and all that ended are told with what they said last', async () => {
    const stores = await open();
    const { leases, nodes } = stores;
    await leases.renew('alive', LEASE_MS);
    await leases.renew('silent', 300);
    await leases.renew('speechless', 300);
    await leases.renew('stopped', LEASE_MS);
    for (const life of ['alive', 'silent', 'stopped']) await nodes.say(status(life));
    expect(await nodes.listFallen()).toEqual([]);
    await leases.end('stopped');
    await stores.pass(400);
    for (let times = 0; times < 2; times++) {
      const fallen = await nodes.listFallen();
      const byLife = Object.fromEntries(fallen.map((each) => [each.life, each.status]));
      expect(byLife).toEqual({
        silent: status('silent'),
        speechless: null,
        stopped: status('stopped'),
      });
      for (const { at } of fallen) expect(Math.abs(at - stores.now())).toBeLessThan(5_000);
    }
    expect(await leases.renew('silent', LEASE_MS)).toMatchObject({ lost: true });
    expect(await leases.renew('alive', LEASE_MS)).toMatchObject({ lost: false });
  });
});
