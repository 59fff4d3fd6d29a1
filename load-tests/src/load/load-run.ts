import { pause, within } from '../waiting.js';
import type { LoadPlan } from './arguments.js';
import { type ClockOffset, clockError, wallNow } from './clock-offset.js';
import type { LoadHouse, Surroundings } from './load-house.js';
import { LoadRecorder } from './load-recorder.js';
import { MachineCpu } from './machine-limits.js';
import type { CallName, CallOutput, Checked, OpenedRoom, Tick } from './messages.js';
import type { Progress } from './progress.js';
import { dealSeats } from './seats.js';
import { settleAndCheck } from './settle-and-check.js';
import { type AskedOf, askAll, LoadWorkerProcess } from './worker-fleet.js';

const SECOND_MS = 1_000;
/** From the word to the first moment of the schedule. */
const LEAD_MS = 300;
const CHECK_MS = 300_000;
/** What a worker may hold before a run is ended early, so that the check still has room. */
const FULL_HEAP = 0.7;

/** How a run came to its end. */
export type Ending = 'complete' | 'interrupted' | 'memory' | 'broken';

export interface RunOutcome {
  readonly ending: Ending;
  /** What the scenario's code or a process did wrong. */
  readonly breakages: readonly string[];
  readonly recorder: LoadRecorder;
  /** How long turns were taken. */
  readonly ranMs: number;
  readonly startedAt: Date;
  readonly members: number;
  readonly unanswered: number;
  /** Null: what was kept could not be read back. */
  readonly checked: Checked | null;
  readonly machineCpu: number;
  readonly clocks: readonly ReturnType<typeof clockError>[];
  readonly splitRooms: number;
}

/** One run against servers that are there: everybody arrives, acts, waits, and is checked. */
export class LoadRun {
  readonly #plan: LoadPlan;
  readonly #house: LoadHouse | null;
  readonly #surroundings: Surroundings;
  readonly #progress: Progress;
  readonly #recorder: LoadRecorder;
  readonly #workers: LoadWorkerProcess[] = [];
  readonly #breakages: string[] = [];
  readonly #stop = new AbortController();
  #stopLooking = () => {};
  #ending: Ending = 'complete';

  constructor(
    plan: LoadPlan,
    house: LoadHouse | null,
    surroundings: Surroundings,
    progress: Progress,
  ) {
    this.#plan = plan;
    this.#house = house;
    this.#surroundings = surroundings;
    this.#progress = progress;
    this.#recorder = new LoadRecorder(plan.found.scenario.expects ?? []);
  }

  async run(): Promise<RunOutcome> {
    const { interrupt } = this.#surroundings;
    const onInterrupt = () => this.#endEarly('interrupted');
    interrupt.addEventListener('abort', onInterrupt);
    if (interrupt.aborted) onInterrupt();
    try {
      return await this.#play();
    } finally {
      interrupt.removeEventListener('abort', onInterrupt);
      this.#stopLooking();
      await Promise.all(this.#workers.map((worker) => worker.end()));
    }
  }

  async #play(): Promise<RunOutcome> {
    const { load, workers, found } = this.#plan;
    const startedAt = new Date();
    const dealt = dealSeats(load, workers);
    for (let number = 0; number < workers; number++) this.#fork(number);
    await this.#all('prepare', (worker) => this.#planFor(worker.number, dealt));
    const clocks = await this.#readClocks();
    await this.#all('setClock', ({ number }) => clocks[number]?.offsetMs ?? 0);
    const machine = new MachineCpu();
    const look = this.#lookEachSecond(machine);
    const rooms = await this.#unlessStopped(this.#open(), []);
    const isAtOnce = found.scenario.arrive === 'at-once';
    if (!isAtOnce) await this.#unlessStopped(this.#arrive(rooms, wallNow(), false), undefined);
    machine.take();
    const startAt = wallNow() + LEAD_MS;
    const arrived = isAtOnce ? this.#arrive(rooms, startAt, true) : Promise.resolve();
    arrived.catch(() => {});
    if (!this.#stop.signal.aborted) await this.#schedule(startAt);
    await look();
    this.#recorder.end();
    this.#progress.phase('waiting for what is under way', this.#recorder);
    const ranMs = Math.max(0, Math.min(load.seconds * SECOND_MS, wallNow() - startAt));
    const machineCpu = this.#machineShare();
    await this.#unlessStopped(arrived, undefined);
    const { unanswered, checked } = await this.#finish();
    const after = await this.#readClocks().catch(() => clocks);
    await this.#all('close', null).catch(() => {});
    return {
      ending: this.#ending,
      breakages: this.#breakages,
      recorder: this.#recorder,
      ranMs,
      startedAt,
      members: load.rooms * (load.players + 1),
      unanswered,
      checked,
      machineCpu,
      clocks: clocks.map((before, index) => clockError(before, after[index] ?? before)),
      splitRooms: dealt.splitRooms.length,
    };
  }

  #fork(number: number): void {
    const worker = new LoadWorkerProcess(number, (message) => {
      if (message.kind === 'broken') {
        this.#breakages.push(message.text);
        this.#endEarly('broken');
        return;
      }
      this.#hear(number, message);
    });
    this.#workers.push(worker);
  }

  #planFor(number: number, { seats, splitRooms }: ReturnType<typeof dealSeats>) {
    const { load, found, isLight, seed, targets } = this.#plan;
    return {
      load,
      scenarioFile: found.file,
      seed,
      targets: this.#house?.urls ?? targets,
      isLight,
      logsOut: this.#house === null,
      seats: seats[number] ?? [],
      splitRooms,
    };
  }

  async #open(): Promise<OpenedRoom[]> {
    this.#progress.phase('opening rooms', this.#recorder);
    const rooms = (await this.#all('open', null)).flat();
    if (rooms.length === 0 && !this.#stop.signal.aborted) {
      const codes = [...this.#recorder.total.codes.keys()].join(', ');
      throw new Error(`No room could be opened (${codes || 'no answer in time'}).`);
    }
    return rooms;
  }

  async #arrive(rooms: readonly OpenedRoom[], startAt: number, atOnce: boolean): Promise<void> {
    this.#progress.phase('arriving', this.#recorder);
    const workers = this.#workers.length;
    await this.#all('arrive', ({ number }) => ({
      rooms,
      arrivals: {
        startAt,
        perSecond: atOnce ? null : this.#plan.arrivals / workers,
        phase: number / workers,
      },
    }));
  }

  /** The part of the run in which turns are taken. */
  async #schedule(startAt: number): Promise<void> {
    const { load, found } = this.#plan;
    const endAt = startAt + load.seconds * SECOND_MS;
    await pause(Math.max(0, startAt - LEAD_MS / 2 - wallNow()));
    this.#recorder.start();
    this.#progress.running(endAt, this.#recorder);
    const played = this.#all('run', { startAt, endAt });
    const conducted = this.#conduct(found.scenario.conduct, startAt, endAt);
    await this.#unlessStopped(Promise.all([played, conducted]), undefined);
  }

  /**
   * Asks all workers in the same moment, so that the steps of the course fit together. Gives what asks
   * once more: the last step may be shorter.
   */
  #lookEachSecond(machine: MachineCpu) {
    const stepMs = LoadRecorder.stepMs(this.#plan.load.seconds);
    let asking: Promise<void> | null = null;
    const look = async (leastMs: number) => {
      const ticks = await this.#all('take', null);
      for (const [number, tick] of ticks.entries()) if (tick) this.#hear(number, tick);
      if (this.#recorder.hasLasted(leastMs)) this.#recorder.point(machine.take());
    };
    const timer = setInterval(() => {
      // A worker that does not answer is said elsewhere.
      asking ??= look(stepMs - SECOND_MS / 2)
        .catch(() => {})
        .finally(() => {
          asking = null;
        });
    }, SECOND_MS);
    this.#stopLooking = () => clearInterval(timer);
    return async () => {
      await asking;
      await look(stepMs / 2).catch(() => {});
    };
  }

  #hear(number: number, tick: Tick): void {
    this.#recorder.hear(number, tick);
    if ((tick.gauges?.heap ?? 0) > FULL_HEAP) this.#endEarly('memory');
  }

  async #conduct(
    conduct: LoadPlan['found']['scenario']['conduct'],
    startAt: number,
    endAt: number,
  ): Promise<void> {
    const house = this.#house;
    try {
      await pause(Math.max(0, startAt - wallNow()));
      await conduct?.({
        ...this.#plan.load,
        nodes: house?.urls.length ?? 0,
        say: (line) => this.#progress.say(line),
        pause: async (ms) => {
          if (wallNow() + ms > endAt) throw new Error('The run is over before that.');
          await this.#unlessStopped(pause(ms), undefined);
        },
        restart: async (node) => {
          if (!house || this.#stop.signal.aborted) return;
          this.#progress.say(`node ${node + 1} restarts`);
          await this.#all('restarting', true);
          await house.restart(node);
          await this.#all('restarting', false);
          this.#progress.say(`node ${node + 1} is back`);
        },
      });
    } catch (fault) {
      this.#breakages.push(textOf(fault));
      this.#endEarly('broken');
    }
  }

  async #finish(): Promise<{ unanswered: number; checked: Checked | null }> {
    let unanswered = 0;
    const onSettled = (count: number) => {
      unanswered = count;
      this.#progress.phase('checking', this.#recorder);
    };
    // Who has not come in may be a member all the same.
    const isEverybodyIn = () => this.#recorder.total.counted('absent') === 0;
    try {
      const work = settleAndCheck(this.#workers, { onSettled, isEverybodyIn });
      const checked = await within('waiting and checking', CHECK_MS, work);
      return { unanswered, checked };
    } catch (fault) {
      this.#breakages.push(`The check came to no end: ${textOf(fault)}`);
      return { unanswered, checked: null };
    }
  }

  async #readClocks(): Promise<ClockOffset[]> {
    const clocks: ClockOffset[] = [];
    for (const worker of this.#workers) clocks.push(await worker.clock());
    return clocks;
  }

  #machineShare(): number {
    const { course } = this.#recorder;
    return course.reduce((sum, { machineCpu }) => sum + machineCpu, 0) / Math.max(1, course.length);
  }

  #endEarly(why: Ending): void {
    if (this.#ending === 'complete') this.#ending = why;
    this.#stop.abort();
  }

  /** What is going on, or `instead` when the run is to end: what was going on then goes on alone. */
  #unlessStopped<T, U>(work: Promise<T>, instead: U): Promise<T | U> {
    const { signal } = this.#stop;
    const stopped = new Promise<U>((resolve) => {
      if (signal.aborted) resolve(instead);
      else signal.addEventListener('abort', () => resolve(instead), { once: true });
    });
    work.catch(() => {});
    return Promise.race([work, stopped]);
  }

  #all<N extends CallName>(name: N, input: AskedOf<N>): Promise<CallOutput<N>[]> {
    return askAll(this.#workers, name, input);
  }
}

function textOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
