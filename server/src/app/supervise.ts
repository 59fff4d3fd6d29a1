import type { Config } from '../config/config.js';
import { chooseTransport } from '../drivers/socketio/load-uws.js';
import { systemClock } from '../engine/runtime/clock.js';
import type { Logger } from '../engine/runtime/logger.js';
import { coreCount } from './core-count.js';
import { forkWorker } from './fork-worker.js';
import { cutAfterMs } from './lifecycle.js';
import { requireFreePort } from './require-free-port.js';
import { StartupError } from './startup-error.js';
import { Supervisor } from './supervisor.js';

/** What all workers together are. */
export interface Group {
  readonly port: number;
  readonly version: string;
  /** For people: how many, drivers and transport in use. */
  readonly description: string;
}

export interface SupervisionParts {
  readonly config: Config;
  readonly logger: Logger;
  /** What a worker runs, and with which variables. */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onReady: (group: Group) => void;
}

/** How many workers a configuration asks for; rejects where this machine cannot have them. */
export function requireWorkers({ workers }: Config): number {
  const count = workers === 'auto' ? coreCount() : workers;
  const refuse = (why: string) => {
    throw new StartupError(`PINROOM_WORKERS: ${why} Set it to 1, and run nodes side by side.`, why);
  };
  if (process.platform !== 'linux') {
    refuse('only on Linux several processes share the connections to one port.');
  }
  // As `auto`, which gives the reasons; `ws` is no choice that a configuration with workers has.
  const { reasons, uws } = chooseTransport('auto');
  if (!uws) {
    refuse(
      `only uWebSockets.js can share a port, and it does not load here: ${reasons.join('; ')}.`,
    );
  }
  return count;
}

/** Prepares the supervision of the workers that the configuration asks for. Rejects with a StartupError. */
export async function prepareSupervisor(parts: SupervisionParts): Promise<Supervisor> {
  const { config, environment, logger, onReady, program } = parts;
  const count = requireWorkers(config);
  // The workers share it with whoever has it: so it is asked for here, once, before the first of them.
  const port = await requireFreePort(config.host, config.port);
  const variables = { ...environment, PORT: `${port}` };
  return new Supervisor({
    count,
    fork: (number, events) => forkWorker(program, variables, { number, count }, events),
    stopMs: cutAfterMs(config),
    clock: systemClock,
    logger,
    onReady: ({ description, version }) => {
      const many = count === 1 ? '1 worker' : `${count} workers`;
      onReady({ port, version, description: `${many}, ${description}` });
    },
  });
}
