import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { guardProcess } from './left-behind.mjs';

const START_MS = 30_000;
const STOP_MS = 10_000;
/** Another process may take a free port before ours does. */
const ATTEMPTS = 5;
const KEPT_OUTPUT = 64 * 1024;

/**
 * Below those that systems give to outgoing connections (from 32,768 on Linux, 49,152 elsewhere): one of
 * these would be taken by the next connection of another test before the server listens, or while it restarts.
 */
const PORTS = { from: 20_000, to: 32_767 };

/** A port of 127.0.0.1 that nobody listens on, by chance, so that no two processes ask for the same. */
export async function freePort() {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
}

async function isFree(port) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/**
 * A server that can be started, killed, paused and started again on its port.
 *
 * `commandFor(port)` gives `{command, args, options}`; `isReady(port, output, pid)` tells whether it
 * answers; `stopSignal` ends it without leaving anything half written that is still needed.
 */
export class ServiceProcess {
  #plan;
  #child;
  #forget = () => {};
  #output = '';
  #closed = Promise.resolve();
  port;

  constructor(plan) {
    this.#plan = plan;
  }

  get pid() {
    return this.#child?.pid;
  }

  output() {
    return this.#output;
  }

  /** Starts it on the given port, else on a free one. */
  async start(port) {
    for (let attempt = 1; ; attempt += 1) {
      this.port = port ?? (await freePort());
      if (await this.#tryToStart()) return this;
      const why = `${this.#plan.name} did not start:\n${this.#output.trim()}`;
      await this.kill();
      const portTaken = /address already in use|could not bind/i.test(why);
      if (!portTaken || port !== undefined || attempt === ATTEMPTS) throw new Error(why);
    }
  }

  async #tryToStart() {
    const { command, args, options } = this.#plan.commandFor(this.port);
    this.#output = '';
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let over = false;
    this.#closed = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#output += error.message;
        over = true;
        resolve();
      });
      child.once('close', () => {
        over = true;
        resolve();
      });
    });
    const keep = (chunk) => {
      this.#output = (this.#output + chunk).slice(-KEPT_OUTPUT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#child = child;
    if (child.pid !== undefined) this.#forget = guardProcess(child.pid);
    const deadline = Date.now() + START_MS;
    while (!over && Date.now() < deadline) {
      if (await this.#plan.isReady(this.port, this.#output, child.pid)) return !over;
      await delay(10);
    }
    return false;
  }

  /** Ends it in its own way, by force when that takes too long. Can be repeated. */
  async stop() {
    await this.#end(this.#plan.stopSignal, STOP_MS);
  }

  /** As a crash would. */
  async kill() {
    await this.#end('SIGKILL', STOP_MS);
  }

  /** Starts it again, on the same port and data. */
  async restart() {
    await this.stop();
    await this.start(this.port);
  }

  /** Still there, but silent, until `resume`. */
  pause() {
    this.#child?.kill('SIGSTOP');
  }

  resume() {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal, withinMs) {
    const child = this.#child;
    if (!child) return;
    child.kill(signal);
    child.kill('SIGCONT');
    const force = setTimeout(() => child.kill('SIGKILL'), withinMs);
    await this.#closed;
    clearTimeout(force);
    this.#forget();
    this.#child = undefined;
  }
}
