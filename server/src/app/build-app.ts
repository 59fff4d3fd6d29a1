import { randomBytes } from 'node:crypto';
import { REFRESH_COOKIE } from '@pinroom/client/contract';
import type { Config } from '../config/config.js';
import { AjvSchemaChecker } from '../drivers/ajv/ajv-schema-checker.js';
import { readCookie } from '../drivers/headers/read-cookie.js';
import { createHttpApp } from '../drivers/http/http-app.js';
import { createNodeListener } from '../drivers/http/node-listener.js';
import {
  judgeOrigin,
  mayUseCookie,
  mayUseToken,
  type OriginPolicy,
  originPolicy,
} from '../drivers/http/origin-policy.js';
import { clientAddress, isSecure } from '../drivers/http/proxy-headers.js';
import { securityHeaders } from '../drivers/http/security-headers.js';
import { JoseAccessTokens } from '../drivers/jose/jose-access-tokens.js';
import { prepareSocketServer, type SocketServer } from '../drivers/socketio/socketio-server.js';
import { mergeFigures } from '../drivers/telemetry/merge-figures.js';
import { PrometheusMetrics } from '../drivers/telemetry/prometheus-metrics.js';
import { invariant } from '../engine/runtime/app-error.js';
import { systemClock } from '../engine/runtime/clock.js';
import type { CountedLogger, Logger } from '../engine/runtime/logger.js';
import type { Metrics } from '../engine/runtime/metrics.js';
import { systemRandom, uuidv7 } from '../engine/runtime/random.js';
import { ResourceStack } from '../engine/runtime/resource-stack.js';
import { SystemLog } from '../engine/runtime/system-log.js';
import { buildEngine, type Engine } from './build-engine.js';
import { buildOperations, type Operations } from './build-operations.js';
import { watchClock } from './check-clocks.js';
import { chooseDrivers, type Drivers } from './choose-drivers.js';
import { createRateLimiters } from './choose-limits.js';
import { loadKeys } from './development-keys.js';
import { NodeHealth } from './health.js';
import { StopTime, startEngine, stopEngine } from './lifecycle.js';
import { readPages } from './read-pages.js';
import { requireFreePort } from './require-free-port.js';
import { StartupError } from './startup-error.js';
import { readVersion } from './version.js';
import type { WorkerLink } from './worker-link.js';

/** A body carries a packet's payload and some words around it. */
const BODY_EXTRA_BYTES = 4_096;
/** Share of the drain time over which clients come back, where they are many. */
const DRAIN_SPREAD = 1 / 3;
/** Few clients need not be spread as far. */
const DRAIN_MS_PER_SOCKET = 100;

/** A node that serves. */
export interface App {
  readonly port: number;
  /** For people: drivers and transport in use. */
  readonly description: string;
  readonly version: string;
  /** Null unless it was made here. */
  readonly madeOperatorToken: string | null;
  /** Drains, flushes and closes, within the drain time. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Builds and starts a node: by itself, or as the worker of a supervisor that has looked at the port
 * and the transport. When it fails half way, what was opened is closed again.
 */
export async function buildApp(
  config: Config,
  logger: CountedLogger,
  worker: WorkerLink | null = null,
): Promise<App> {
  await using stack = new ResourceStack((err) => {
    logger.debug({ err }, 'could not close everything after a failed start');
  });
  if (worker === null) await requireFreePort(config.host, config.port);
  const clock = systemClock;
  const metrics = new PrometheusMetrics(worker ? { worker: `${worker.place.number}` } : {});
  logger.countInto(metrics);
  worker?.giveFigures(() => metrics.text());
  const nodeId = uuidv7(clock.now(), systemRandom);
  const version = readVersion();
  const keys = await loadKeys(config);
  const tokens = await JoseAccessTokens.create({ ...keys, clock }).catch((fault: unknown) => {
    const names = 'PINROOM_JWT_PRIVATE_KEY, PINROOM_JWT_PREVIOUS_KEYS';
    throw new StartupError(`${names}: ${fault instanceof Error ? fault.message : fault}`, fault);
  });
  const drivers = await chooseDrivers({ config, clock, logger, metrics }, stack);
  const log = new SystemLog({ store: drivers.stores.systemLog, clock, logger, nodeId });
  stack.defer(() => log.stop());
  const { redis } = drivers;
  if (redis) {
    // Every node notices; one entry of them all stays.
    redis.watch.onChange((histories) => {
      log.note('redis-changed', { masters: histories.length }, `redis:${histories[0]}`);
    });
    const clockWatch = watchClock(clock, logger, metrics, () => redis.times());
    stack.defer(() => clockWatch.stop());
  }
  const health = new NodeHealth(drivers.backends, clock, logger, metrics, log);
  stack.defer(() => health.stop());

  const server = prepareServer(config, drivers, logger, metrics);
  stack.defer(() => server.close());
  metrics.set('pinroom_build_info', 1, { version, transport: server.transport });
  metrics.set('pinroom_workers', worker?.place.count ?? 1);
  const bus = drivers.bus ?? server.bus;
  invariant(bus, 'the transport brings the bus where the stores bring none');
  const checker = new AjvSchemaChecker();
  const engine = buildEngine({
    config,
    ...drivers,
    bus,
    limiters: createRateLimiters(config, drivers.redis?.command ?? null, metrics),
    broadcaster: server.broadcaster,
    checker,
    tokens,
    tokenSecrets: keys.tokenSecrets,
    clock,
    random: systemRandom,
    logger,
    metrics,
    log,
    nodeId,
  });
  const operations = buildOperations({
    config,
    ...drivers,
    engine,
    health,
    log,
    clock,
    logger,
    metrics,
    nodeId,
    version,
  });
  const operatorToken =
    config.operatorToken ??
    (config.redisUrls === null ? randomBytes(18).toString('base64url') : null);
  const description = `${drivers.description}, transport ${server.transport}`;
  const site = createHttpApp({
    ...config,
    description,
    maxBodyBytes: config.maxPayloadBytes + BODY_EXTRA_BYTES,
    sessions: engine.sessionApi,
    rooms: engine.roomApi,
    operators: operations.api,
    checker,
    health,
    keySet: () => tokens.keySet(),
    metricsText: async () => (worker ? mergeFigures(await worker.allFigures()) : metrics.text()),
    operatorToken,
    pages: readPages(logger),
    version,
    logger,
    metrics,
    clock,
  });
  const stopTime = new StopTime(config.drainMs, clock);
  stack.defer(() => stopEngine(engine, operations, stopTime, logger));
  await startEngine(engine, logger);
  await server
    .listen(
      { host: config.host, port: config.port, exclusivePort: worker === null },
      { handler: engine.connections, fetch: (request, peer) => site.fetch(request, peer) },
    )
    .catch((fault: unknown) => {
      throw new StartupError(fault instanceof Error ? fault.message : String(fault), fault);
    });
  health.serving();
  operations.start();
  worker?.ready(version, description);
  const opened = stack.move();
  return {
    port: server.port,
    description,
    version,
    madeOperatorToken: config.operatorToken === null ? operatorToken : null,
    stop: once(() => stop({ config, engine, operations, server, health, stopTime, opened })),
  };
}

/** The transport; it listens once the engine behind it is built. */
function prepareServer(
  config: Config,
  { redis }: Drivers,
  logger: Logger,
  metrics: Metrics,
): SocketServer {
  const policy = originPolicy(config.publicUrl, config.allowedOrigins);
  try {
    return prepareSocketServer({
      ...config,
      isOriginAllowed: (origin, headerOf) => isOriginAllowed(config, policy, origin, headerOf),
      addressOf: (remoteAddress, headerOf) =>
        clientAddress(remoteAddress, headerOf('x-forwarded-for'), config.trustProxy),
      socketsPerNetwork: config.rates.socketsPerAddress,
      refreshCookie: REFRESH_COOKIE,
      answerHeaders: securityHeaders(policy.publicOrigin?.startsWith('https:') ?? false),
      ...(redis ? { redis: { publish: redis.calls, subscribe: redis.subscribe } } : {}),
      createNodeListener,
      logger,
      metrics,
    });
  } catch (fault) {
    throw new StartupError(fault instanceof Error ? fault.message : String(fault), fault);
  }
}

/** A page of any origin may bring its own token where `*` is listed, but never somebody's cookie. */
function isOriginAllowed(
  { trustProxy }: Config,
  policy: OriginPolicy,
  origin: string,
  headerOf: (name: string) => string | undefined,
): boolean {
  const secure = isSecure(false, headerOf('x-forwarded-proto'), trustProxy);
  const verdict = judgeOrigin(policy, { origin, host: headerOf('host'), secure });
  const withCookie = readCookie(headerOf('cookie'), REFRESH_COOKIE) !== undefined;
  return withCookie ? mayUseCookie(verdict) : mayUseToken(verdict);
}

interface Running {
  readonly config: Config;
  readonly engine: Engine;
  readonly operations: Operations;
  readonly server: SocketServer;
  readonly health: NodeHealth;
  readonly stopTime: StopTime;
  readonly opened: ResourceStack;
}

async function stop(running: Running): Promise<void> {
  const { config, engine, health, opened, operations, server, stopTime } = running;
  stopTime.begin();
  health.draining();
  server.stopAccepting();
  const isTakenOver = await operations.drain();
  const enoughMs = engine.connections.size * DRAIN_MS_PER_SOCKET;
  await engine.connections.drain(Math.min(config.drainMs * DRAIN_SPREAD, enoughMs), isTakenOver);
  await opened[Symbol.asyncDispose]();
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
