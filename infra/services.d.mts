/** A server that a test started; `url`, `port` and data stay the same over kill and restart. */
export interface RunningService {
  readonly url: string;
  readonly port: number;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  /** The newest part of what it printed. */
  output(): string;
  /** Ends it and removes its data. Can be repeated. */
  stop(): Promise<void>;
  /** SIGKILL; `restart` brings it back with the data that it had written. */
  kill(): Promise<void>;
  /** SIGSTOP: it holds its connections and answers nothing, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends it cleanly if it runs, and starts it again. */
  restart(): Promise<void>;
}

export interface ServiceOptions {
  /** Lines of redis.conf or postgresql.conf: `{maxmemory: '10mb', appendonly: 'yes'}`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Default: a free one. */
  readonly port?: number;
  /** Whether it is out of reach of the terminal's Ctrl+C. */
  readonly detached?: boolean;
}

export function startRedis(options?: ServiceOptions): Promise<RunningService>;
export function startPostgres(options?: ServiceOptions): Promise<RunningService>;
