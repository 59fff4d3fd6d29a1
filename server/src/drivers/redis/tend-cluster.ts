import type { Cluster, Redis } from 'ioredis';

/** After a lost connection it is asked who holds what now, */
const LOOK_MS = 50;
/** but not more often than this. */
const LOOK_EVERY_MS = 500;

function ignore(): void {}

/** What a URL says of where a server is. */
export function toAddress(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[(.+)\]$/, '$1'), port: Number(port || 6379) };
}

/** What the servers of a Cluster have in common: the first URL says it for all. */
export function sharedOptions(urls: readonly string[]): {
  username?: string;
  password?: string;
  tls?: object;
} {
  const { username, password, protocol } = new URL(urls[0] ?? '');
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

/**
 * Looks after a client for commands of a Cluster. A lost connection is given up and made anew once it is
 * needed, at the server that then holds the slot: ioredis asks who that is when a server says `MOVED`,
 * but not when one is dead, so that is seen to here. `watch` is given each connection before it is opened.
 */
export function tendCluster(cluster: Cluster, watch: (client: Redis, place: string) => void): void {
  let timer: NodeJS.Timeout | undefined;
  let lookedAt = -LOOK_EVERY_MS;
  const lookSoon = () => {
    const restMs = lookedAt + LOOK_EVERY_MS - performance.now();
    timer ??= setTimeout(
      () => {
        timer = undefined;
        lookedAt = performance.now();
        if (cluster.status !== 'ready') return;
        cluster.refreshSlotsCache((fault) => {
          if (fault) lookSoon();
        });
      },
      Math.max(LOOK_MS, restMs),
    );
  };
  // Otherwise only the first of several commands would wait for the connection; replicas get none. Not
  // before the cluster is ready: its own first question takes no connection that is being made.
  const connect = (node: Redis) => {
    if (node.status === 'wait' && !node.options.readOnly) node.connect().catch(ignore);
  };
  cluster.on('ready', () => cluster.nodes().forEach(connect));
  cluster.on('+node', (node: Redis) => {
    watch(node, `${node.options.host}:${node.options.port}`);
    if (cluster.status === 'ready') connect(node);
  });
  cluster.on('-node', lookSoon);
  cluster.on('end', () => clearTimeout(timer));
}

/** Where the masters are that hold slots. */
export function mastersOf(cluster: Cluster): string[] {
  const places = new Set(cluster.slots.map((holders) => holders?.[0]));
  return [...places].flatMap((place) => place ?? []).sort();
}
