import { command } from '../../../../infra/redis-cluster.mjs';
import { connectToRedis } from '../../support/connect-to-redis.js';
import type { RunningCluster, RunningService } from '../../support/services.js';

import { until } from '../../support/until.js';

const KEYS_AT_ONCE = 20;

/** Those that are masters now: replicas may have taken over. */
export async function mastersOf({ members }: RunningCluster): Promise<RunningService[]> {
  const roles = await Promise.all(members.map(({ port }) => command(port, 'INFO replication')));
  return members.filter((_, n) => roles[n]?.includes('role:master'));
}

/** Moves the slot of a key, with all that is in it, to the next master of a Cluster that works. */
export async function moveSlot(masters: readonly RunningService[], key: string): Promise<void> {
  const slot = await command(masters[0]?.port ?? 0, `CLUSTER KEYSLOT ${key}`);
  const ids = await Promise.all(
    masters.map(async ({ port }) => (await command(port, 'CLUSTER MYID')).trim()),
  );
  const counts = await Promise.all(
    masters.map(({ port }) => command(port, `CLUSTER COUNTKEYSINSLOT ${slot}`)),
  );
  const owner = counts.findIndex((count) => Number(count) > 0);
  const next = (owner + 1) % masters.length;
  const [from, to] = [masters[owner], masters[next]];
  if (!from || !to) throw new Error(`Nothing is in slot ${slot}.`);
  await command(to.port, `CLUSTER SETSLOT ${slot} IMPORTING ${ids[owner]}`);
  await command(from.port, `CLUSTER SETSLOT ${slot} MIGRATING ${ids[next]}`);
  const source = connectToRedis(from.url);
  for (;;) {
    const keys = (await source.call('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_AT_ONCE)) as string[];
    if (keys.length === 0) break;
    await source.call('MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
  }
  source.disconnect();
  for (const { port } of [to, from, ...masters]) {
    await command(port, `CLUSTER SETSLOT ${slot} NODE ${ids[next]}`);
  }
  await until(async () => {
    const answers = await Promise.all(
      masters.map(({ port }) =>
        command(port, `TYPE ${key}`).catch((fault: Error) => fault.message),
      ),
    );
    return answers.every((answer, n) => n === next || answer.includes(`:${to.port}`));
  });
}
