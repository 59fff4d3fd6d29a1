import { pathToFileURL } from 'node:url';
import { openSocketIo } from '@pinroom/client';
import type { Scenario } from '../scenario.js';
import { pause } from '../waiting.js';
import { wallNow } from './clock-offset.js';
import { LightLines } from './light-line.js';
import { LoadActor } from './load-actor.js';
import { LoadMember } from './load-member.js';
import { LoadWorld } from './load-world.js';
import type {
  Arrivals,
  Checked,
  OpenedRoom,
  RoomFacts,
  Tick,
  Tops,
  WorkerCalls,
  WorkerPlan,
} from './messages.js';
import { ProcessGauges } from './process-gauges.js';
import { WorkerRooms } from './worker-rooms.js';

/** Hosts that open their rooms at a time, and members that leave at a time. */
const AT_ONCE = 20;
const CLOSE_MS = 10_000;
/** For the news of who is there to reach everybody. */
const PRESENCE_MS = 10_000;
const SECOND_MS = 1_000;

/** What a call answers, now or later. */
type Handlers = {
  readonly [N in keyof WorkerCalls]: (
    input: Parameters<WorkerCalls[N]>[0],
  ) => ReturnType<WorkerCalls[N]> | Promise<ReturnType<WorkerCalls[N]>>;
};

/** The part of a run that one process plays. */
export class LoadWorker {
  readonly #onBroken: (fault: unknown) => void;
  readonly #gauges = new ProcessGauges();
  readonly #light = new LightLines();
  readonly #members: LoadMember[] = [];
  #offsetMs = 0;
  /** Members who are coming in at the moment. */
  #arriving = 0;
  #plan: WorkerPlan | null = null;
  #world: LoadWorld | null = null;
  #rooms: WorkerRooms | null = null;

  constructor(onBroken: (fault: unknown) => void) {
    this.#onBroken = onBroken;
  }

  readonly handlers: Handlers = {
    prepare: (plan) => this.#prepare(plan),
    ping: () => wallNow(),
    setClock: (offsetMs) => {
      this.#offsetMs = offsetMs;
    },
    open: () => this.#open(),
    arrive: ({ rooms, arrivals }) => this.#arrive(rooms, arrivals),
    run: ({ startAt, endAt }) => this.#run(startAt, endAt),
    restarting: (isRestarting) => {
      this.#ready.world.isRestarting = isRestarting;
    },
    settle: ({ deadlineMs, isSilent }) => this.#settle(deadlineMs, isSilent),
    catchUp: ({ tops, deadlineMs }) => this.#ended().catchUp(tops, deadlineMs),
    read: ({ withUsers }) => this.#ended().read(withUsers, new Set(this.#ready.plan.splitRooms)),
    check: (facts: RoomFacts): Promise<Checked> => this.#ended().check(facts, PRESENCE_MS),
    close: () => this.#close(),
    take: () => this.tick(true),
  };

  /** What happened since the last call; null before there is anything. */
  tick(withGauges: boolean): Tick | null {
    if (!this.#world) return null;
    return {
      kind: 'tick',
      figures: this.#world.figures.take(),
      connected: this.#world.connected,
      heldEntries: this.#world.heldEntries,
      gauges: withGauges ? this.#gauges.take() : null,
    };
  }

  get #ready(): { plan: WorkerPlan; world: LoadWorld } {
    if (!this.#plan || !this.#world) throw new Error('There is no plan yet.');
    return { plan: this.#plan, world: this.#world };
  }

  async #prepare(plan: WorkerPlan): Promise<void> {
    const { load, seed, targets, seats, isLight } = plan;
    const module = (await import(pathToFileURL(plan.scenarioFile).href)) as { default: Scenario };
    this.#plan = plan;
    const world = new LoadWorld({
      load,
      seed,
      targets,
      scenario: module.default,
      openSocket: isLight ? this.#light.open : openSocketIo,
      now: () => wallNow() - this.#offsetMs,
      onBroken: this.#onBroken,
    });
    this.#world = world;
    for (const seat of seats) this.#members.push(new LoadMember(seat, world));
  }

  async #open(): Promise<OpenedRoom[]> {
    const { world } = this.#ready;
    const hosts = this.#members.filter(({ isHost }) => isHost);
    await inGroups(hosts, (host) => host.arrive(world.now(), 'open'));
    return hosts.flatMap(({ hasArrived, recorded, seat }) => {
      if (!hasArrived) return [];
      const { id, pin } = recorded.room.room;
      return [{ number: seat.room, id, pin: pin ?? '' }];
    });
  }

  /** On schedule, whoever before is in already or not. */
  async #arrive(rooms: readonly OpenedRoom[], { startAt, perSecond, phase }: Arrivals) {
    const { world } = this.#ready;
    const { scenario } = world.options;
    const pins = new Map(rooms.map(({ number, pin }) => [number, pin]));
    const players = this.#members.filter(({ isHost }) => !isHost);
    await Promise.all(
      players.map(async (player, index) => {
        const pin = pins.get(player.seat.room);
        if (pin === undefined) {
          world.figures.count('absent');
          return;
        }
        const dueAt =
          perSecond === null ? startAt : startAt + ((index + phase) * SECOND_MS) / perSecond;
        const wait = dueAt - world.now();
        if (wait > 0) await pause(wait);
        if (world.hasEnded) return;
        this.#arriving++;
        await player.arrive(dueAt, { pin });
        this.#arriving--;
        if (player.hasArrived) new LoadActor(player, world).begin(scenario.player);
      }),
    );
  }

  async #run(startAt: number, endAt: number): Promise<void> {
    const { world } = this.#ready;
    for (const host of this.#members) {
      if (host.isHost && host.hasArrived)
        new LoadActor(host, world).begin(world.options.scenario.host);
    }
    world.start(startAt, endAt);
    await pause(Math.max(0, endAt - world.now()));
  }

  async #settle(deadlineMs: number, isSilent: boolean) {
    const { world } = this.#ready;
    world.end();
    world.isSilent = isSilent;
    const end = performance.now() + deadlineMs;
    const isDone = ({ hasArrived, recorded, unanswered }: LoadMember) =>
      !hasArrived ||
      recorded.hasLeft ||
      (unanswered === 0 && recorded.room.unsent === 0 && recorded.room.status !== 'resuming');
    const isWaiting = () => this.#arriving > 0 || !this.#members.every(isDone);
    while (isWaiting() && performance.now() < end) await pause(20);
    const unanswered = this.#members.reduce((sum, member) => sum + member.unanswered, 0);
    const tops: Tops = this.#ended().tops();
    const sentToUsers = Object.keys(tops).some((name) => name.includes(' user:'));
    return { tops, unanswered, sentToUsers };
  }

  #ended(): WorkerRooms {
    this.#rooms ??= new WorkerRooms(this.#ready.world, this.#members);
    return this.#rooms;
  }

  /** The rooms are closed, so that nothing of the run stays open; no wait without an end. */
  async #close(): Promise<void> {
    const { plan } = this.#ready;
    const work = async () => {
      const hosts = this.#members.filter(({ isHost, hasArrived }) => isHost && hasArrived);
      await inGroups(hosts, ({ recorded }) => recorded.room.close().catch(() => {}));
      await inGroups(this.#members, (one) => (plan.logsOut ? one.logOut() : one.stop()));
    };
    await Promise.race([work(), pause(CLOSE_MS)]);
    this.#light.close();
  }
}

async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = rest.shift(); next !== undefined; next = rest.shift()) await work(next);
    }),
  );
}
