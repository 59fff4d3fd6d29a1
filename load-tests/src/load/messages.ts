import type { KeptChannel } from '../delivery-record.js';
import type { Load } from '../scenario.js';
import type { FoundFaults } from './fault-counts.js';
import type { TakenFigures } from './figures.js';
import type { Seat } from './load-member.js';
import type { ProcessReading } from './process-gauges.js';

export interface WorkerPlan {
  readonly load: Load;
  /** The module that has the scenario. */
  readonly scenarioFile: string;
  readonly seed: number;
  readonly targets: readonly string[];
  readonly isLight: boolean;
  /** Whether the sessions are ended in the end: not on servers that go away by themselves. */
  readonly logsOut: boolean;
  readonly seats: readonly Seat[];
  /** Rooms whose members are in other processes too. */
  readonly splitRooms: readonly number[];
}

export interface OpenedRoom {
  readonly number: number;
  readonly id: string;
  readonly pin: string;
}

/** A part of the arrivals: one each `1 / perSecond`, from `startAt` on; null: all at once. */
export interface Arrivals {
  readonly startAt: number;
  readonly perSecond: number | null;
  readonly phase: number;
}

/** The newest entry of each channel, `<room id> <channel>` → id. */
export type Tops = Readonly<Record<string, string>>;

/** What one process knows of rooms that others have members in too. */
export interface RoomFacts {
  readonly kept: readonly KeptChannel[];
  /** Members by room id. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  readonly leavers: readonly string[];
}

export interface Checked extends FoundFaults {
  readonly clients: number;
  /** Kept entries that were compared. */
  readonly entries: number;
  /** How often one was seen by somebody. */
  readonly seen: number;
}

/** What the coordinator asks of a worker, and what it gets. */
export interface WorkerCalls {
  prepare(plan: WorkerPlan): void;
  /** The worker's clock, with what has to be taken from it. */
  ping(ask: null): number;
  setClock(offsetMs: number): void;
  open(ask: null): OpenedRoom[];
  arrive(ask: { rooms: readonly OpenedRoom[]; arrivals: Arrivals }): void;
  run(ask: { startAt: number; endAt: number }): void;
  /** Whether a node restarts now. */
  restarting(isRestarting: boolean): void;
  /** No turn begins any more; waits for the answers that are due. `isSilent`: nobody sends any more. */
  settle(ask: { deadlineMs: number; isSilent: boolean }): {
    tops: Tops;
    unanswered: number;
    sentToUsers: boolean;
  };
  /** Waits until everybody has the entries up to these. */
  catchUp(ask: { tops: Tops; deadlineMs: number }): void;
  read(ask: { withUsers: boolean }): RoomFacts;
  check(facts: RoomFacts): Checked;
  close(ask: null): void;
  take(ask: null): Tick | null;
}

export type CallName = keyof WorkerCalls;
export type CallInput<N extends CallName> = Parameters<WorkerCalls[N]>[0];
export type CallOutput<N extends CallName> = ReturnType<WorkerCalls[N]>;

/** What happened in a worker; asked for about once a second, and told before each other answer. */
export interface Tick {
  readonly kind: 'tick';
  readonly figures: TakenFigures;
  readonly connected: number;
  /** For the check. */
  readonly heldEntries: number;
  /** Of the time since it was last asked; null: the tick came with another answer. */
  readonly gauges: ProcessReading | null;
}

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'fault'; readonly id: number; readonly text: string }
  | { readonly kind: 'broken'; readonly text: string }
  | Tick;

export interface ToWorker {
  readonly id: number;
  readonly name: CallName;
  readonly input: unknown;
}
