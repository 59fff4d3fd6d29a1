import type {
  Entry,
  PinroomClient,
  RoomHandle,
  SendOptions,
  SendReceipt,
  SettingsPatch,
} from '@pinroom/client';

/** How much a run asks for; what the command line does not say is the scenario's. */
export interface Load {
  readonly rooms: number;
  /** In each room, hosts come on top. */
  readonly players: number;
  /** Entries a second in each room. */
  readonly rate: number;
  readonly seconds: number;
}

/** One moment of the schedule. What is sent by it counts from that moment on, however late it was. */
export interface Turn {
  /** Counts from 0 in each plan. */
  readonly number: number;
  /** When it was due, on the clock of `Actor.now()`. */
  readonly at: number;
  send(type: string, payload: unknown, options?: SendOptions): Promise<SendReceipt>;
}

type Act = (turn: Turn) => unknown;

/** A host or a player. `Own` are the names of the scenario's own figures. */
export interface Actor<Own extends string = string> extends Load {
  /** Of the room, from 0. */
  readonly roomNumber: number;
  /** Of the player in the room, from 0; -1: the host. */
  readonly number: number;
  readonly isHost: boolean;
  /** The library's client and room, for all that has no method here. */
  readonly client: PinroomClient;
  readonly room: RoomHandle;
  /** Milliseconds, the same clock in every process of the run. */
  now(): number;
  /** Uniform in [0, 1); the same in each run with the same `--seed`. */
  random(): number;
  /**
   * Acts at a fixed rate from the start of the run to its end, whatever becomes of each turn. By
   * default a player has its share of the room's rate, and a host all of it.
   */
  turns(act: Act, options?: { readonly perSecond?: number }): void;
  /** Acts once, so long after the start of the run. */
  at(ms: number, act: Act): void;
  /** Acts once, so long from now. */
  after(ms: number, act: Act): void;
  /** Calls `listener` with each entry of this type that is said from now on. */
  on(type: string, listener: (entry: Entry) => unknown): () => void;
  /** Sends at once: it counts from now. In a turn, use the turn's own. */
  send(type: string, payload: unknown, options?: SendOptions): Promise<SendReceipt>;
  /** Breaks the connection as a lost network does. The library comes back by itself. */
  cut(): void;
  /** Reads nothing from the network for a while, as a device that sleeps. */
  stopReading(ms: number): void;
  /** Leaves the room for good. */
  leave(): Promise<void>;
  /** Counts something of the scenario's own. */
  count(name: Own, by?: number): void;
  /** Measures something of the scenario's own: from `since` to the end of the work. */
  time<T>(name: Own, since: number, work: Promise<T>): Promise<T>;
}

/** Whoever restarts servers; there is one in a run. */
export interface Conductor extends Load {
  /** Nodes that the run has started itself; 0: the target is somebody else's. */
  readonly nodes: number;
  /** When it was started and may go on: rejects when the run is over before. */
  pause(ms: number): Promise<void>;
  /** Stops a node as a deployment does and starts it again; resolves when it is ready. */
  restart(node: number): Promise<void>;
  say(line: string): void;
}

export interface Scenario<Own extends string = string> {
  /** One line for `--help` and the report. */
  readonly about: string;
  readonly defaults?: Partial<Load>;
  /** `before`: players come before the run, at a steady rate. `at-once`: all in its first moment. */
  readonly arrive?: 'before' | 'at-once';
  /** Of the rooms that are opened. */
  readonly settings?: SettingsPatch;
  /** What the server has to be when the run starts one; `nodes` means Redis and PostgreSQL. */
  readonly server?: { readonly nodes?: number; readonly rateLimits?: 'on' | 'off' };
  /** Codes that are good answers here: shown, and no errors. */
  readonly expects?: readonly string[];
  /** Names of the scenario's own figures, for `count` and `time`, in the report and for `--fail-if`. */
  readonly own?: { readonly counts?: readonly Own[]; readonly times?: readonly Own[] };
  /** Called when the host is in its room and the run is about to begin. */
  host?(me: Actor<Own>): unknown;
  /** Called when the player is in the room: before the run, or within it where all arrive at once. */
  player?(me: Actor<Own>): unknown;
  /** Called when the run begins, in one process alone. */
  conduct?(house: Conductor): Promise<void>;
}

/** Gives a scenario back as it is, with its types checked. */
export function defineScenario<const Own extends string = never>(
  scenario: Scenario<Own>,
): Scenario<Own> {
  return scenario;
}
