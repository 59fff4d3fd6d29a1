import type { Cluster, Redis } from 'ioredis';
import { toRedisFault } from './redis-faults.js';
import { mastersOf } from './tend-cluster.js';
import { WriteGathering } from './write-gathering.js';

export type RedisArgument = string | number;
/** A command's name and its arguments; the first argument is the key that says where it runs. */
export type RedisCommand = readonly [name: string, key: string, ...rest: RedisArgument[]];

/** The commands that the drivers send, over one node or a Cluster. Faults come without arguments. */
export class RedisCalls {
  readonly #client: Redis | Cluster;
  readonly #writes: WriteGathering;

  constructor(client: Redis | Cluster) {
    this.#client = client;
    this.#writes = new WriteGathering(client);
  }

  get isCluster(): boolean {
    return this.#client.isCluster;
  }

  /** How many masters hold data; 1 without a Cluster. */
  get masters(): number {
    return this.#masters().length;
  }

  /** One command, one round trip. */
  async call(name: string, ...args: (RedisArgument | Buffer)[]): Promise<unknown> {
    this.#writes.hold();
    try {
      return await this.#client.call(name, ...args);
    } catch (fault) {
      throw toRedisFault(fault);
    }
  }

  /** Publishes to a shard channel. */
  spublish(channel: string, message: Buffer): Promise<unknown> {
    return this.call('SPUBLISH', channel, message);
  }

  /**
   * Several commands in one round trip, answers in their order. Rejects with the first fault; the
   * other commands may have run.
   */
  async callAll(commands: readonly RedisCommand[]): Promise<unknown[]> {
    // Not as pipelines: where connections to masters broke under load, ioredis 6.0 went on to give answers
    // to the wrong commands. `fault/redis` on a Cluster (answers get lost) holds that it does not.
    return this.isCluster ? Promise.all(this.#each(commands)) : this.#pipeline(commands);
  }

  /** Likewise, where some may fail: theirs are undefined. Rejects when no answer came at all. */
  async callSome(commands: readonly RedisCommand[]): Promise<unknown[]> {
    if (!this.isCluster) return this.callAll(commands);
    return someOf(await Promise.allSettled(this.#each(commands)));
  }

  /** Runs a command on every master, for what concerns servers, not keys; rejects when one fails. */
  async onMasters(name: string, ...args: RedisArgument[]): Promise<unknown[]> {
    return Promise.all(this.#onMasters(name, args));
  }

  /** The answers of the masters that give one; rejects when none does. */
  async fromMasters(name: string, ...args: RedisArgument[]): Promise<unknown[]> {
    return someOf(await Promise.allSettled(this.#onMasters(name, args))).filter(isThere);
  }

  /** The answers of the replicas that give one, in a Cluster; else none. */
  async fromReplicas(name: string, ...args: RedisArgument[]): Promise<unknown[]> {
    if (!this.isCluster) return [];
    const replicas = (this.#client as Cluster).nodes('slave');
    const answers = await Promise.allSettled(
      replicas.map((replica) => replica.call(name, ...args)),
    );
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  #onMasters(name: string, args: readonly RedisArgument[]): Promise<unknown>[] {
    return this.#masters().map(async (master) => {
      try {
        if (!master) throw new Error('There is no connection to a master of the Cluster.');
        return await master.call(name, ...args);
      } catch (fault) {
        throw toRedisFault(fault);
      }
    });
  }

  /** Of each master that holds slots its connection, undefined where there is none. */
  #masters(): (Redis | undefined)[] {
    const client = this.#client;
    if (!client.isCluster) return [client as Redis];
    const nodes = new Map(
      (client as Cluster)
        .nodes()
        .map((node) => [`${node.options.host}:${node.options.port}`, node]),
    );
    return mastersOf(client as Cluster).map((place) => nodes.get(place));
  }

  #each(commands: readonly RedisCommand[]): Promise<unknown>[] {
    return commands.map((command) => this.call(...command));
  }

  async #pipeline(commands: readonly RedisCommand[]): Promise<unknown[]> {
    if (commands.length === 0) return [];
    const pipeline = this.#client.pipeline();
    for (const [name, ...args] of commands) pipeline.call(name, ...args);
    this.#writes.hold();
    let results: [Error | null, unknown][] | null;
    try {
      results = await pipeline.exec();
    } catch (fault) {
      throw toRedisFault(fault);
    }
    return (results ?? []).map(([fault, reply]) => {
      if (fault) throw toRedisFault(fault);
      return reply;
    });
  }
}

function isThere(answer: unknown): boolean {
  return answer !== undefined;
}

/** Undefined for what failed; rejects when everything did. */
export function someOf<T>(answers: readonly PromiseSettledResult<T>[]): (T | undefined)[] {
  const [first] = answers;
  if (first?.status === 'rejected' && answers.every(({ status }) => status === 'rejected')) {
    throw first.reason;
  }
  return answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : undefined));
}
