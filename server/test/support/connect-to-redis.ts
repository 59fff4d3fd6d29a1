import { Cluster, Redis } from 'ioredis';

/** What concerns a server as a whole, and not a key. */
const OF_SERVERS = ['call', 'config', 'flushall', 'info', 'keys'];

/**
 * A client of the test's own, past every node, for the URL of a Redis or the URLs of a Cluster. There,
 * what concerns servers (also all that goes by `call`) is done by every master.
 */
export function connectToRedis(url: string): Redis {
  const urls = url.split(',');
  if (urls.length === 1) return silenced(new Redis(url, { maxRetriesPerRequest: 2 }));
  const cluster = new Cluster(
    urls.map((one) => ({ host: new URL(one).hostname, port: Number(new URL(one).port) })),
  );
  return new Proxy(silenced(cluster), {
    get(target, name) {
      const own = Reflect.get(target, name);
      if (typeof own !== 'function') return own;
      if (!OF_SERVERS.includes(String(name))) return own.bind(target);
      return (...args: string[]) => onMasters(target, String(name), args);
    },
  }) as unknown as Redis;
}

/** What goes wrong shows in the answers. */
function silenced<C extends Redis | Cluster>(client: C): C {
  client.on('error', () => {});
  return client;
}

/** Lists are put together; of other answers the first counts. */
async function onMasters(cluster: Cluster, name: string, args: string[]): Promise<unknown> {
  if (cluster.status !== 'ready') await new Promise((ready) => cluster.once('ready', ready));
  const command = name === 'call' ? args : [name, ...args];
  const answers = await Promise.all(
    cluster.nodes('master').map((master) => master.call(...(command as [string, ...string[]]))),
  );
  return Array.isArray(answers[0]) ? answers.flat() : answers[0];
}
