import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { eventually } from '../waiting.js';

const DEADLINE_MS = 10_000;
const READS = /^total_reads_processed:(\d+)/m;

/** Looks at what Redis is asked, by whomever. That is work for Redis: not while CPU counts. */
export class RedisWatch {
  readonly #redis: Redis;
  readonly #monitor: Redis;
  #commands = 0;
  /** Called with each command that Redis gets, those of scripts not counted. */
  onCommand: (words: readonly string[]) => void = () => {};
  #mark = '';
  #isThere = false;

  private constructor(redis: Redis, monitor: Redis) {
    this.#redis = redis;
    this.#monitor = monitor;
    monitor.on('monitor', (_time: string, words: readonly string[], source: string) => {
      if (words[1] === this.#mark) this.#isThere = true;
      if (source === 'lua') return;
      this.#commands++;
      this.onCommand(words);
    });
  }

  static async open(url: string): Promise<RedisWatch> {
    const redis = new Redis(url);
    return new RedisWatch(redis, await redis.monitor());
  }

  /**
   * Commands so far, and how often Redis has found something to read: what is written together counts
   * once.
   */
  async counts(): Promise<{ readonly commands: number; readonly reads: number }> {
    // All that Redis got before it has been told of as well.
    this.#mark = randomUUID();
    this.#isThere = false;
    await this.#redis.echo(this.#mark);
    await eventually('all commands are seen', DEADLINE_MS, () => this.#isThere);
    const reads = Number(READS.exec(await this.#redis.info('stats'))?.[1]);
    return { commands: this.#commands, reads };
  }

  close(): void {
    this.#monitor.disconnect();
    this.#redis.disconnect();
  }
}
