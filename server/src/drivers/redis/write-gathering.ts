import type { Cluster, Redis } from 'ioredis';

/**
 * What is sent to Redis in one turn of the event loop leaves together at its end: one system call and
 * one wake-up of Redis instead of one for each command. Who waits for an answer waits no longer: what
 * else the turn has to do would delay reading it just as much.
 */
export class WriteGathering {
  readonly #client: Redis | Cluster;
  #held: Redis['stream'][] = [];

  constructor(client: Redis | Cluster) {
    this.#client = client;
  }

  /** To be called before each command. */
  hold(): void {
    if (this.#held.length > 0) return;
    for (const stream of this.#streams()) {
      stream.cork();
      this.#held.push(stream);
    }
    if (this.#held.length > 0) setImmediate(this.#release);
  }

  readonly #release = (): void => {
    const held = this.#held;
    this.#held = [];
    for (const stream of held) stream.uncork();
  };

  /** Those that are connected. */
  #streams(): Redis['stream'][] {
    const client = this.#client;
    const clients = client.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
    return clients.flatMap(({ stream }) => (stream?.writable ? [stream] : []));
  }
}
