import type { Cluster, Redis } from 'ioredis';
import { hashTagOf } from './keys.js';
import { toRedisFault } from './redis-faults.js';
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

  /** One command, one round trip. */
  async call(name: string, ...args: RedisArgument[]): Promise<unknown> {
    this.#writes.hold();
    try {
      return await this.#client.call(name, ...args);
    } catch (fault) {
      throw toRedisFault(fault);
    }
  }

  /**
   * Several commands in one round trip, answers in their order. Rejects with the first fault; the
   * other commands may have run. On a Cluster there is one trip for each hash tag, all at once.
   */
  async callAll(commands: readonly RedisCommand[]): Promise<unknown[]> {
    const answers: unknown[] = new Array(commands.length);
    const groups = new Map<string, number[]>();
    commands.forEach((command, index) => {
      const tag = this.isCluster ? hashTagOf(command[1]) : '';
      const group = groups.get(tag);
      if (group) group.push(index);
      else groups.set(tag, [index]);
    });
    await Promise.all(
      [...groups.values()].map(async (group) => {
        const replies = await this.#pipeline(
          group.map((index) => commands[index]).filter((command) => command !== undefined),
        );
        group.forEach((index, place) => {
          answers[index] = replies[place];
        });
      }),
    );
    return answers;
  }

  /** Runs a command on every master; for what concerns servers, not keys. */
  async onMasters(name: string, ...args: RedisArgument[]): Promise<unknown[]> {
    const client = this.#client;
    const masters = client.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
    try {
      return await Promise.all(masters.map((master) => master.call(name, ...args)));
    } catch (fault) {
      throw toRedisFault(fault);
    }
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
