import type { Clock } from '../engine/runtime/clock.js';
import type { WorkerPlace } from './fork-worker.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

/** Longer than the supervisor waits for the others. */
const FIGURES_MS = 3_000;

/** The line to the supervisor, as Node gives it to a process that was forked. */
export interface SupervisorLine {
  readonly connected: boolean;
  send?(message: FromWorker, sent: () => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

export interface WorkerLinkParts {
  readonly place: WorkerPlace;
  readonly line: SupervisorLine;
  readonly clock: Clock;
  /** The supervisor asks for it, or has gone: nobody would stop this worker later. */
  readonly onStop: (isOrphan: boolean) => void;
}

/** What a worker and its supervisor tell each other, from the worker's side. */
export class WorkerLink {
  readonly place: WorkerPlace;
  readonly #line: SupervisorLine;
  readonly #clock: Clock;
  readonly #asked = new Map<number, (texts: readonly string[]) => void>();
  #asks = 0;
  #figures: () => Promise<string> = async () => '';

  constructor({ clock, line, place, onStop }: WorkerLinkParts) {
    this.place = place;
    this.#line = line;
    this.#clock = clock;
    line.on('disconnect', () => onStop(true));
    line.on('message', (raw) => {
      const message = raw as ToWorker;
      switch (message.kind) {
        case 'stop':
          return onStop(false);
        case 'ping':
          return this.#say({ kind: 'pong' });
        case 'give-figures':
          return void this.#give(message.ask);
        case 'all-figures':
          return this.#asked.get(message.ask)?.(message.texts);
        default:
          message satisfies never;
      }
    });
    // It may have gone before anybody listened.
    if (!line.connected) queueMicrotask(() => onStop(true));
  }

  ready(version: string, description: string): void {
    this.#say({ kind: 'ready', version, description });
  }

  /** What this worker gives for the figures of all. */
  giveFigures(figures: () => Promise<string>): void {
    this.#figures = figures;
  }

  /** What every worker gives; where that is not to be had in time, what this one has. */
  async allFigures(): Promise<readonly string[]> {
    this.#asks += 1;
    const ask = this.#asks;
    const over = new AbortController();
    let given: readonly string[] = [];
    this.#asked.set(ask, (texts) => {
      given = texts;
      over.abort();
    });
    this.#say({ kind: 'ask-figures', ask });
    await this.#clock.sleep(FIGURES_MS, over.signal);
    this.#asked.delete(ask);
    return given.length > 0 ? given : [await this.#figures()];
  }

  async #give(ask: number): Promise<void> {
    this.#say({ kind: 'figures', ask, text: await this.#figures() });
  }

  #say(message: FromWorker): void {
    if (this.#line.connected) this.#line.send?.(message, () => {});
  }
}
