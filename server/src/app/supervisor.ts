import type { Clock } from '../engine/runtime/clock.js';
import type { Logger } from '../engine/runtime/logger.js';
import { runLoop } from '../engine/runtime/run-loop.js';
import { FigureExchange } from './figure-exchange.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

/** The pause before a worker that ended is started again; it doubles from end to end. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;
/** A worker that served so long has not failed to start: the next pause is a short one again. */
const STEADY_MS = 60_000;
/** So many failed starts of each worker, with nobody serving meanwhile, and the whole ends. */
const HOPELESS_STARTS = 5;
const ASK_EVERY_MS = 5_000;
/**
 * A worker that serves and leaves so many questions in a row without an answer hangs: its people are
 * nobody's, and the kernel goes on giving it new ones. Counted, not timed: a clock may jump.
 */
const MOST_UNANSWERED = 4;
/** Beyond the time that a worker takes to stop by itself, for the end of its process. */
const STOP_MARGIN_MS = 2_000;

/** A process that runs a worker. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  /** What cannot be said any more is lost. */
  send(message: ToWorker): void;
  /** SIGKILL. */
  kill(): void;
}

export interface WorkerEvents {
  said(message: FromWorker): void;
  /** Once. The exit status; null after a signal, or when it could not be started. */
  ended(status: number | null): void;
}

export interface SupervisorParts {
  readonly count: number;
  readonly fork: (number: number, events: WorkerEvents) => WorkerProcess;
  /** How long a worker may take to stop. */
  readonly stopMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** All serve for the first time. */
  readonly onReady: (about: Extract<FromWorker, { kind: 'ready' }>) => void;
}

interface Running {
  readonly child: WorkerProcess;
  isReady: boolean;
  /** Pings since it last said something. */
  unanswered: number;
}

/**
 * Keeps a number of workers running, until it is stopped. The first one starts alone: what keeps it
 * from starting would keep all, and is said once. A worker that ends is started again, after a pause
 * that grows; as long as another one serves that goes on for ever, since the others hold the people.
 * One that hangs is ended, and so started again.
 */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #running = new Map<number, Running>();
  readonly #stopping = new AbortController();
  readonly #figures: FigureExchange;
  #hasServed = false;
  /** Of any worker, since one served. */
  #failedStarts = 0;
  #isAnnounced = false;
  #status = 0;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#figures = new FigureExchange(parts.clock);
  }

  /** Resolves when no worker is left, with the exit status of the whole. Once. */
  async run(): Promise<number> {
    const { clock, count, logger } = this.#parts;
    const options = { name: 'worker-watch', everyMs: ASK_EVERY_MS, clock, logger };
    const watch = runLoop(options, async () => this.#ask());
    let others = () => {};
    const firstServes = new Promise<void>((resolve) => {
      others = resolve;
    });
    const first = this.#keep(1, others);
    await Promise.race([firstServes, first]);
    const rest = Array.from({ length: count - 1 }, (_, n) => this.#keep(n + 2, () => {}));
    await Promise.all([first, ...rest]);
    await watch.stop();
    return this.#status;
  }

  /** All stop cleanly, and those that do not are killed. */
  stop(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    const { clock, logger, stopMs } = this.#parts;
    for (const { child } of this.#running.values()) child.send({ kind: 'stop' });
    clock.after(stopMs + STOP_MARGIN_MS, () => {
      for (const [worker, { child }] of this.#running) {
        logger.error({ worker, workerPid: child.pid }, 'a worker does not stop: it is killed');
      }
      this.kill();
    });
  }

  /** All end now. */
  kill(): void {
    this.#stopping.abort();
    for (const { child } of this.#running.values()) child.kill();
  }

  /** Runs one worker after the other under this number. */
  async #keep(worker: number, onReady: () => void): Promise<void> {
    const { clock, logger } = this.#parts;
    const { signal } = this.#stopping;
    for (let failures = 1; !signal.aborted; failures++) {
      const startedAt = clock.now();
      const { pid, hasServed, status } = await this.#runOnce(worker, onReady);
      if (signal.aborted) {
        this.#status ||= status ?? 1;
        return;
      }
      if (hasServed && clock.now() - startedAt >= STEADY_MS) failures = 1;
      if (!hasServed && this.#isHopeless()) return this.#giveUp(worker, status);
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20));
      const fields = { worker, workerPid: pid, status, againInMs: pauseMs };
      if (status === 0) logger.info(fields, 'a worker was stopped: it is started again');
      else logger.warn(fields, 'a worker has ended: it is started again');
      await clock.sleep(pauseMs, signal);
    }
  }

  #runOnce(worker: number, onReady: () => void) {
    return new Promise<{ pid: number | undefined; hasServed: boolean; status: number | null }>(
      (resolve) => {
        const child = this.#parts.fork(worker, {
          said: (message) => {
            running.unanswered = 0;
            if (message.kind === 'ready') {
              running.isReady = true;
              this.#serves(message);
              onReady();
            } else this.#said(worker, message);
          },
          ended: (status) => {
            this.#running.delete(worker);
            resolve({ pid: child.pid, hasServed: running.isReady, status });
          },
        });
        const running: Running = { child, isReady: false, unanswered: 0 };
        this.#running.set(worker, running);
      },
    );
  }

  /** Who stops has a deadline of its own. */
  #ask(): void {
    if (this.#stopping.signal.aborted) return;
    for (const [worker, running] of this.#running) {
      const { child, isReady } = running;
      // Killed, and not gone yet.
      if (!isReady || running.unanswered > MOST_UNANSWERED) continue;
      running.unanswered += 1;
      if (running.unanswered <= MOST_UNANSWERED) child.send({ kind: 'ping' });
      else {
        this.#parts.logger.error({ worker, workerPid: child.pid }, 'a worker hangs: it is killed');
        child.kill();
      }
    }
  }

  #serves(about: Extract<FromWorker, { kind: 'ready' }>): void {
    this.#hasServed = true;
    this.#failedStarts = 0;
    if (this.#isAnnounced || this.#ready().length < this.#parts.count) return;
    this.#isAnnounced = true;
    this.#parts.onReady(about);
  }

  #said(worker: number, message: Exclude<FromWorker, { kind: 'ready' }>): void {
    if (message.kind === 'pong') return;
    if (message.kind === 'figures') {
      this.#figures.given(worker, message.ask, message.text);
      return;
    }
    const give = (one: number, ask: number) =>
      this.#running.get(one)?.child.send({ kind: 'give-figures', ask });
    void this.#figures.gather(this.#ready(), give).then((texts) => {
      const answer: ToWorker = { kind: 'all-figures', ask: message.ask, texts };
      this.#running.get(worker)?.child.send(answer);
    });
  }

  /** The numbers of those that serve. */
  #ready(): readonly number[] {
    return [...this.#running].filter(([, { isReady }]) => isReady).map(([worker]) => worker);
  }

  /** A start has failed: is it worth another try? The very first one is told to whoever started us. */
  #isHopeless(): boolean {
    if (!this.#hasServed) return true;
    this.#failedStarts = this.#ready().length > 0 ? 0 : this.#failedStarts + 1;
    return this.#failedStarts >= HOPELESS_STARTS * this.#parts.count;
  }

  #giveUp(worker: number, status: number | null): void {
    this.#parts.logger.error({ worker, status }, 'a worker does not start: all stop');
    this.#status = status || 1;
    this.stop();
  }
}
