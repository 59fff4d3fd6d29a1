import type { Entry, OpenSocket } from '@pinroom/client';
import type { Fault } from '../delivery-record.js';
import { EntryInterning } from '../entry-interning.js';
import type { Load, Scenario } from '../scenario.js';
import { SharedEntries } from './entry-runs.js';
import { Figures } from './figures.js';
import { Agenda } from './schedule.js';

/** Faults that are kept to be shown; all are counted. */
const SHOWN_STRAYS = 100;

export interface WorldOptions {
  readonly load: Load;
  readonly scenario: Scenario;
  readonly seed: number;
  /** Where connections go, one after the other. */
  readonly targets: readonly string[];
  readonly openSocket: OpenSocket;
  /** The clock of the run, the same in every process. */
  readonly now: () => number;
  /** The scenario's code has failed. */
  readonly onBroken: (fault: unknown) => void;
}

/** What all members of a process share. */
export class LoadWorld {
  readonly options: WorldOptions;
  readonly figures = new Figures();
  readonly agenda: Agenda;
  readonly intern: (entry: Entry) => Entry = new EntryInterning().intern;
  /** Entries that reached somebody who must not see them. */
  readonly strays: Fault[] = [];
  strayCount = 0;
  /** While a node restarts by the scenario's will, who loses the connection is away by it. */
  isRestarting = false;
  /** Nobody may send any more. */
  isSilent = false;
  connected = 0;
  #startAt: number | null = null;
  #endAt = Number.POSITIVE_INFINITY;
  #hasEnded = false;
  #onStart: (() => void)[] = [];
  readonly #shared = new Map<string, SharedEntries>();

  constructor(options: WorldOptions) {
    this.options = options;
    this.agenda = new Agenda({
      now: options.now,
      after(ms, callback) {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    });
  }

  now(): number {
    return this.options.now();
  }

  /** Null: the run has not begun. */
  get startAt(): number | null {
    return this.#startAt;
  }

  get endAt(): number {
    return this.#endAt;
  }

  start(startAt: number, endAt: number): void {
    this.#startAt = startAt;
    this.#endAt = endAt;
    for (const begin of this.#onStart.splice(0)) begin();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** No turn begins any more, and nobody comes. */
  end(): void {
    this.#hasEnded = true;
    this.#endAt = Math.min(this.#endAt, this.now());
    this.agenda.clear();
  }

  /** At the start of the run; at once where it has begun. */
  whenStarted(begin: () => void): void {
    if (this.#startAt === null) this.#onStart.push(begin);
    else begin();
  }

  /** The entries of a channel, once for all readers. */
  shared(roomId: string, channel: string): SharedEntries {
    const name = `${roomId}/${channel}`;
    let shared = this.#shared.get(name);
    if (!shared) {
      shared = new SharedEntries();
      this.#shared.set(name, shared);
    }
    return shared;
  }

  /** What the process holds for the check. */
  get heldEntries(): number {
    let held = 0;
    for (const shared of this.#shared.values()) held += shared.length;
    return held;
  }

  stray(fault: Fault): void {
    this.strayCount++;
    if (this.strays.length < SHOWN_STRAYS) this.strays.push(fault);
  }
}
