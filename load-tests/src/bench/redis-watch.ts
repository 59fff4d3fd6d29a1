import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { eventually } from '../waiting.js';

const DEADLINE_MS = 10_000;
/** Of a line like `+1764000000.123456 [0 127.0.0.1:50000] "evalsha" "…"`; quotes in words are escaped. */
const WORDS = /"((?:[^"\\]|\\.)*)"/g;
const OF_SCRIPT = /^\+[\d.]+ \[\d+ lua\]/;
const READS = /^total_reads_processed:(\d+)/m;

/** Looks at what Redis is asked, by whomever. That is work for Redis: not while CPU counts. */
export class RedisWatch {
  readonly #redis: Redis;
  /** Not ioredis', which takes the first lines for answers when they come at once. */
  readonly #monitor: Socket;
  #rest = '';
  #commands = 0;
  /** Called with each command that Redis gets, those of scripts not counted. */
  onCommand: ((words: readonly string[]) => void) | null = null;
  #mark = '';
  #isThere = false;

  private constructor(redis: Redis, monitor: Socket) {
    this.#redis = redis;
    this.#monitor = monitor;
    monitor.setEncoding('latin1');
    monitor.on('data', (text: string) => {
      const lines = (this.#rest + text).split('\r\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#heard(line);
    });
  }

  static async open(url: string): Promise<RedisWatch> {
    const { hostname, port } = new URL(url);
    const monitor = connect(Number(port), hostname);
    await once(monitor, 'connect');
    const watch = new RedisWatch(new Redis(url), monitor);
    monitor.write('MONITOR\r\n');
    await once(monitor, 'data');
    return watch;
  }

  #heard(line: string): void {
    if (this.#mark !== '' && line.includes(this.#mark)) this.#isThere = true;
    if (line === '+OK' || OF_SCRIPT.test(line)) return;
    this.#commands++;
    this.onCommand?.([...line.matchAll(WORDS)].map(([, word = '']) => word));
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
    this.#monitor.destroy();
    this.#redis.disconnect();
  }
}
