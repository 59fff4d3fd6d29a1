#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { type App, buildApp } from './app/build-app.js';
import { configWarnings } from './app/config-warnings.js';
import { createLogger } from './app/create-logger.js';
import { type WorkerPlace, workerPlace } from './app/fork-worker.js';
import { cutAfterMs } from './app/lifecycle.js';
import { networkAddresses } from './app/network-addresses.js';
import { StartupError } from './app/startup-error.js';
import { type Group, prepareSupervisor } from './app/supervise.js';
import { WorkerLink } from './app/worker-link.js';
import type { Config } from './config/config.js';
import { ConfigError, loadConfig } from './config/load-config.js';
import { systemClock } from './engine/runtime/clock.js';
import type { CountedLogger, Logger } from './engine/runtime/logger.js';

/** Exit codes: 1 the start failed or a bug ended the process, 2 the configuration is not usable. */
async function main(): Promise<void> {
  const config = readConfig();
  const place = workerPlace(process.argv);
  const logger = createLogger(config, place?.number ?? null);
  watchFaults(logger);
  if (place === null) {
    const isProduction = process.env.NODE_ENV === 'production';
    for (const warning of configWarnings(config, isProduction)) logger.warn({}, warning);
  }
  if (place === null && config.workers !== 1) return supervise(config, logger);
  return runNode(config, logger, place);
}

/** A node by itself, or one of several workers. */
async function runNode(
  config: Config,
  logger: CountedLogger,
  place: WorkerPlace | null,
): Promise<void> {
  let app: App | undefined;
  const stop = once((why: string) => {
    logger.info({}, why);
    // A start that is still under way has nothing to drain.
    if (!app) process.exit(0);
    stopNode(app, config, logger);
  });
  // A supervisor asks beside the signal that the terminal, or systemd, sends to all: neither counts twice.
  onSignals(
    () => stop('stopping'),
    () => process.exit(1),
  );
  const worker =
    place === null
      ? null
      : new WorkerLink({
          place,
          line: process,
          clock: systemClock,
          onStop: (isOrphan) => stop(isOrphan ? 'stopping: the supervisor has gone' : 'stopping'),
        });
  try {
    app = await buildApp(config, logger, worker);
  } catch (fault) {
    failStart(fault, logger);
  }
  if (place) logger.info({ port: app.port }, 'the worker is ready');
  else announce(app, config, logger);
}

function stopNode(app: App, config: Config, logger: Logger): void {
  const startedAt = performance.now();
  const passed = () => ({ ms: Math.round(performance.now() - startedAt) });
  systemClock.after(cutAfterMs(config), () => {
    logger.error(passed(), 'could not stop in time: what was not written is left to other nodes');
    process.exit(1);
  });
  app.stop().then(
    () => {
      logger.info(passed(), 'stopped');
      process.exit(0);
    },
    (fault: unknown) => {
      logger.error({ err: fault }, 'could not stop cleanly');
      process.exit(1);
    },
  );
}

/** Runs workers, and nothing else, in this process. */
async function supervise(config: Config, logger: Logger): Promise<void> {
  const supervisor = await prepareSupervisor({
    config,
    logger,
    program: fileURLToPath(import.meta.url),
    environment: process.env,
    onReady: (group) => announce({ ...group, madeOperatorToken: null }, config, logger),
  }).catch((fault: unknown) => failStart(fault, logger));
  onSignals(
    () => {
      logger.info({}, 'stopping all workers');
      supervisor.stop();
    },
    () => {
      supervisor.kill();
      process.exit(1);
    },
  );
  const status = await supervisor.run();
  logger.info({ status }, 'all workers have ended');
  process.exit(status);
}

/** Whoever asks twice means now. */
function onSignals(first: () => void, second: () => void): void {
  let signals = 0;
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      signals += 1;
      if (signals > 1) second();
      else first();
    });
  }
}

function watchFaults(logger: Logger): void {
  process.on('unhandledRejection', (fault) => {
    logger.error({ err: fault }, 'a rejection that nobody handled');
  });
  // Node would print the fault with all that hangs on it: a failed command has its arguments.
  process.on('uncaughtException', (fault) => {
    logger.error({ err: fault }, 'a fault that nobody handled: the process ends');
    process.exit(1);
  });
}

function readConfig(): Config {
  try {
    return loadConfig(process.env);
  } catch (fault) {
    if (!(fault instanceof ConfigError)) throw fault;
    console.error('The configuration is not usable:');
    for (const line of fault.faults) console.error(`  - ${line}`);
    process.exit(2);
  }
}

function failStart(fault: unknown, logger: Logger): never {
  const known = fault instanceof StartupError;
  console.error(`Pinroom cannot start: ${known ? fault.message : String(fault)}`);
  if (!known) logger.error({ err: fault }, 'the start failed');
  process.exit(1);
}

type Announced = Group & Pick<App, 'madeOperatorToken'>;

function announce(announced: Announced, config: Config, logger: Logger): void {
  const { port, description, version, madeOperatorToken } = announced;
  const isOnEvery = config.host === '0.0.0.0' || config.host === '::';
  const address = config.publicUrl ?? `http://${isOnEvery ? 'localhost' : config.host}:${port}`;
  logger.info({ port, version }, `Pinroom ${version} is ready at ${address} (${description})`);
  const others = networkAddresses().map((host) => `http://${host}:${port}`);
  if (config.publicUrl === null && isOnEvery && others.length > 0) {
    logger.info({}, `phones and others in this network reach it at ${others.join(' or ')}`);
  }
  if (madeOperatorToken !== null) {
    logger.info(
      {},
      `/monitor, /metrics and /api/ops open with the operator token ${madeOperatorToken}`,
    );
  }
}

function once(run: (why: string) => void): (why: string) => void {
  let hasRun = false;
  return (why) => {
    if (hasRun) return;
    hasRun = true;
    run(why);
  };
}

await main();
