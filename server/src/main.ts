#!/usr/bin/env node
import { type App, buildApp } from './app/build-app.js';
import { configWarnings } from './app/config-warnings.js';
import { createLogger } from './app/create-logger.js';
import { networkAddresses } from './app/network-addresses.js';
import { StartupError } from './app/startup-error.js';
import type { Config } from './config/config.js';
import { ConfigError, loadConfig } from './config/load-config.js';

/** Exit codes: 1 the start failed or a bug ended the process, 2 the configuration is not usable. */
async function main(): Promise<void> {
  const config = readConfig();
  const logger = createLogger(config);
  const isProduction = process.env.NODE_ENV === 'production';
  for (const warning of configWarnings(config, isProduction)) logger.warn({}, warning);
  process.on('unhandledRejection', (fault) => {
    logger.error({ err: fault }, 'a rejection that nobody handled');
  });
  // Node would print the fault with all that hangs on it: a failed command has its arguments.
  process.on('uncaughtException', (fault) => {
    logger.error({ err: fault }, 'a fault that nobody handled: the process ends');
    process.exit(1);
  });
  let app: App | undefined;
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    // Whoever asks twice means now; a start that is still under way has nothing to drain.
    if (signals > 1 || !app) process.exit(signals > 1 ? 1 : 0);
    logger.info({}, 'stopping');
    const askedAt = performance.now();
    app.stop().then(
      () => {
        logger.info({ ms: Math.round(performance.now() - askedAt) }, 'stopped');
        process.exit(0);
      },
      (fault: unknown) => {
        logger.error({ err: fault }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  try {
    app = await buildApp(config, logger);
  } catch (fault) {
    const known = fault instanceof StartupError;
    console.error(`Pinroom cannot start: ${known ? fault.message : String(fault)}`);
    if (!known) logger.error({ err: fault }, 'the start failed');
    process.exit(1);
  }
  announce(app, config, logger);
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

function announce(app: App, config: Config, logger: ReturnType<typeof createLogger>): void {
  const { port, description, version, madeOperatorToken } = app;
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

await main();
