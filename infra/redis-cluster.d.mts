import type { RunningService } from './services.mjs';

/** A Redis Cluster that a test started; `url` names its masters, separated by commas. */
export interface RunningCluster extends RunningService {
  /** Every server. */
  readonly members: readonly RunningService[];
  /** Those that had the slots at first, each the same number. */
  readonly masters: readonly RunningService[];
  /** The servers that stood by the master with this index at first. */
  replicasOf(index: number): readonly RunningService[];
}

export interface ClusterOptions {
  /** Default: 3. */
  readonly masters?: number;
  /** For each master; default: none. */
  readonly replicas?: number;
  /** Lines of every redis.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

export function startRedisCluster(options?: ClusterOptions): Promise<RunningCluster>;
/** Sends one command to a server; answers what it says, a bulk string without its length, of a list only the length. */
export function command(port: number, line: string): Promise<string>;
