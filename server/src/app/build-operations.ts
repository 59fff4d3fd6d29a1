import type { Config } from '../config/config.js';
import type { OperatorApi } from '../engine/connection/operator-api.port.js';
import { OperatorHttpApi } from '../engine/connection/operator-http-api.js';
import { SystemLogFollowers } from '../engine/history/follow-system-log.js';
import { SystemLogReader } from '../engine/history/read-system-log.js';
import { SystemLogArchiver } from '../engine/history/system-log-archiver.js';
import type { Clock } from '../engine/runtime/clock.js';
import type { Health } from '../engine/runtime/health.port.js';
import type { Logger } from '../engine/runtime/logger.js';
import type { CountReader, Metrics } from '../engine/runtime/metrics.js';
import { NodeWatch } from '../engine/runtime/node-watch.js';
import type { SystemLog } from '../engine/runtime/system-log.js';
import type { Engine } from './build-engine.js';
import type { Archives, Stores } from './choose-drivers.js';
import { LoopDelay } from './loop-delay.js';
import { nodeStatus } from './node-status.js';

const DAY_MS = 86_400_000;
/** How long the log of the system is kept where closed rooms are kept for ever. */
const KEEP_DAYS = 30;

export interface OperationsParts {
  readonly config: Config;
  readonly stores: Stores;
  readonly archives: Archives;
  readonly engine: Engine;
  readonly health: Health;
  readonly log: SystemLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics & CountReader;
  readonly nodeId: string;
  readonly version: string;
}

/** What operators get of a node: the log of the system, the rooms, the nodes. */
export interface Operations {
  readonly api: OperatorApi;
  /** The node serves: it says so, and how it is from now on. */
  start(): void;
  /** The node is about to stop: those who follow the log are sent elsewhere. Answers whether other nodes go on. */
  drain(): Promise<boolean>;
  /** Says that the node stops, and carries what the log holds to the archive. */
  stop(signal: AbortSignal): Promise<void>;
}

/** Ties what is for operators to the engine and the drivers. No I/O. */
export function buildOperations(parts: OperationsParts): Operations {
  const { archives, clock, config, engine, log, logger, metrics, stores } = parts;
  const { life } = engine;
  const store = stores.systemLog;
  const reader = new SystemLogReader(store, archives.systemLog);
  const followers = new SystemLogFollowers({ store, reader, clock, logger, metrics });
  const archiver = new SystemLogArchiver({
    store,
    archive: archives.systemLog,
    log,
    clock,
    logger,
    tags: () => life.tags,
    keepMs: (config.archiveDays || KEEP_DAYS) * DAY_MS,
  });
  const loopDelay = new LoopDelay(metrics);
  const status = nodeStatus({ ...parts, loopDelay });
  const watch = new NodeWatch({ nodes: stores.nodes, life, log, clock, logger, status });
  return {
    api: new OperatorHttpApi({
      log: reader,
      followers,
      rooms: stores.openRooms,
      inspector: engine.inspector,
      pins: stores.pins,
      directory: engine.directory,
      archive: archives.rooms,
      nodes: stores.nodes,
    }),
    start() {
      log.start();
      archiver.start();
      watch.start();
    },
    drain() {
      followers.drain();
      return watch.leave();
    },
    async stop(signal) {
      await watch.stop();
      loopDelay[Symbol.dispose]();
      await log.stop();
      await archiver.stop();
      await archiver.drain(signal);
    },
  };
}
