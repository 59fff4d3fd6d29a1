import { setTimeout as delay } from 'node:timers/promises';
import { compareEntryIds, type Entry, formatEntryId } from '@pinroom/client/contract';
import { checkDelivery } from '../../../../load-tests/src/delivery-checker.js';
import type {
  Fault,
  KeptChannel,
  RoomPresence,
} from '../../../../load-tests/src/delivery-record.js';
import { seededRandom } from '../../../../load-tests/src/load/seeded-random.js';
import { checkPresence } from '../../../../load-tests/src/presence-checker.js';
import { Crowd, type CrowdOptions } from './crowd.js';
import type { FaultKind } from './faults.js';
import { House, type HouseOptions } from './house.js';

export interface RigOptions extends HouseOptions {
  readonly rooms?: number;
  readonly socketsPerRoom?: number;
  /** Entries per second, over all rooms. */
  readonly rate?: number;
  readonly seed?: number;
  /** Of each room so many are on a line of their own that can fail. */
  readonly weakPerRoom?: number;
  /** How the people's clients differ from the usual. */
  readonly client?: CrowdOptions['client'];
}

/** What came of a fault. */
export interface Outcome {
  /** Empty: nothing was lost, repeated, out of order, or wrong. */
  readonly faults: readonly Fault[];
  /** Nodes that ended though nobody ended them. */
  readonly crashes: readonly string[];
  /** Messages that were given up, by code. */
  readonly refusals: { readonly [code: string]: number };
  /** From the end of the load to the moment when all was right, or was given up. */
  readonly settledMs: number;
  readonly returns: Returns;
}

/** How those came back who were away meanwhile. */
export interface Returns {
  readonly count: number;
  /** The most that came back within any second. */
  readonly mostInASecond: number;
  /** How long they were away, ms. */
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** Nothing went wrong, and no message was given up. */
export const ALL_RIGHT = { faults: [], crashes: [], refusals: {} } as const;

export interface Rig {
  readonly house: House;
  readonly crowd: Crowd;
  readonly seed: number;
  readonly random: () => number;
  /** Runs `fault` under load, then waits until all is right again, at most `settleMs`. */
  under(name: string, fault: () => Promise<void>, settleMs?: number): Promise<Outcome>;
  /** Ends everything, before the test file does. */
  close(): Promise<void>;
  /** The same for one of the known faults, for as long as this run of the tests wants outages. */
  survive(fault: FaultKind): Promise<Outcome>;
}

/** Load before a fault, and after it was healed. */
const BEFORE_MS = 1_000;
const AFTER_MS = 1_500;
const SETTLE_MS = 45_000;
const LOOK_AGAIN_MS = 500;
const TOLD_FAULTS = 20;

/** How long an outage lasts: as long as the mechanism needs, or what `npm run test:long` wants. */
export function outageMs(shortMs: number): number {
  return Math.max(shortMs, Number(process.env.PINROOM_FAULT_SECONDS ?? 0) * 1_000);
}

/** Several nodes with a crowd on them: 30 rooms of 10 people and 200 entries a second by default. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { rooms = 30, socketsPerRoom = 10, rate = 200, seed = 1, weakPerRoom = 2 } = options;
  const { client = {} } = options;
  const random = seededRandom(seed);
  const house = await House.open(options);
  const places = { url: house.url, weakUrl: `http://127.0.0.1:${house.weakLine.port}` };
  const size = { rooms, socketsPerRoom, weakPerRoom, rate };
  // Numbers of its own: how much is said depends on time, and the faults of a seed must not.
  const crowd = new Crowd({ ...places, ...size, random: seededRandom(seed + 1), client });
  await crowd.gather();
  const rig: Rig = {
    house,
    crowd,
    seed,
    random,
    async close() {
      await Promise.all(crowd.people.map(({ client }) => client.stop()));
      await house.close();
    },
    survive: (fault) => rig.under(fault.name, () => fault.run(rig, outageMs(fault.shortMs))),
    async under(name, fault, settleMs = SETTLE_MS) {
      const before = { sent: crowd.sent, crashes: house.crashes.length };
      crowd.refusals.clear();
      crowd.sendTimes.length = 0;
      crowd.returns.length = 0;
      crowd.start();
      await delay(BEFORE_MS);
      const startedAt = performance.now();
      try {
        await fault();
        await delay(AFTER_MS);
      } finally {
        crowd.stop();
      }
      const lastedMs = performance.now() - startedAt;
      const { faults, settledMs } = await settle(house, crowd, settleMs);
      const refusals = Object.fromEntries(crowd.refusals);
      const crashes = house.crashes.slice(before.crashes);
      const returns = returnsOf(crowd);
      const figures = [
        `${crowd.sent - before.sent} sent`,
        `fault and load ${seconds(lastedMs)}`,
        `all right ${seconds(settledMs)} after`,
        `receipts ${times(crowd.sendTimes)}`,
        ...(returns.count > 0 ? [returnsText(returns)] : []),
        ...Object.entries(refusals).map(([code, count]) => `${count} ${code}`),
        ...unsureCounts(crowd),
        ...crashes.map((crash) => `ended by itself: ${crash}`),
      ];
      const report = [`${name}: ${figures.join(', ')}`, ...describe(faults, house, seed)];
      process.stdout.write(`${report.join('\n')}\n`);
      return { faults, crashes, refusals, settledMs, returns };
    },
  };
  return rig;
}

async function settle(
  house: House,
  crowd: Crowd,
  withinMs: number,
): Promise<{ faults: readonly Fault[]; settledMs: number }> {
  const startedAt = performance.now();
  const passed = () => performance.now() - startedAt;
  const isQuiet = () =>
    crowd.pending === 0 && crowd.people.every(({ room }) => room.status !== 'resuming');
  while (!isQuiet() && passed() < withinMs) await delay(20);
  for (;;) {
    const faults = await check(house, crowd);
    if (faults.length === 0 || passed() >= withinMs) return { faults, settledMs: passed() };
    await delay(LOOK_AGAIN_MS);
  }
}

async function check(house: House, crowd: Crowd): Promise<Fault[]> {
  const rows = await house.query<EntryRow>('select * from entries order by epoch, seq');
  const kept = keptChannels(rows);
  const clients = crowd.people.map((person) => person.record());
  const server = await Promise.all(crowd.rooms.map(({ host }) => presenceOf(host.room)));
  return [
    ...unanswered(crowd),
    ...wronglyVoided(rows),
    ...checkDelivery(clients, kept),
    ...checkPresence(crowd.truths(), clients, kept, server),
  ];
}

function unanswered(crowd: Crowd): Fault[] {
  if (crowd.pending === 0) return [];
  const place = { roomId: '', channel: null, client: null, id: null };
  return [{ kind: 'missing', ...place, detail: `${crowd.pending} sends without an answer` }];
}

/** What the server itself says of a room's members. */
async function presenceOf(room: Crowd['people'][number]['room']): Promise<RoomPresence> {
  const online = new Map<string, boolean>();
  let memberCount = -1;
  try {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await room.membersPage(cursor === undefined ? {} : { cursor });
      for (const member of page.members) online.set(member.userId, member.online);
      memberCount = page.memberCount;
      cursor = page.nextCursor;
    }
  } catch {
    // No answer is a wrong one: the check says so, and looks again.
  }
  return { roomId: room.id, memberCount, online };
}

interface EntryRow {
  readonly room_id: string;
  readonly channel: string;
  readonly epoch: number;
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly user_id: string | null;
  readonly nickname: string | null;
  readonly payload: string;
  readonly key: string | null;
  readonly after: string | null;
  readonly voided: boolean;
}

/** What a later epoch's first row says is lost must be marked so, and nothing else. */
function wronglyVoided(rows: readonly EntryRow[]): Fault[] {
  const starts = new Map<string, EntryRow[]>();
  for (const row of rows) {
    if (row.seq === 0) starts.set(nameOf(row), [...(starts.get(nameOf(row)) ?? []), row]);
  }
  return rows.flatMap((row) => {
    const id = formatEntryId(row);
    const isLost = (starts.get(nameOf(row)) ?? []).some(
      ({ after, epoch }) => epoch > row.epoch && (after === null || compareEntryIds(id, after) > 0),
    );
    if (row.voided === isLost) return [];
    const detail = `${id} is ${row.voided ? '' : 'not '}marked as lost`;
    const place = { roomId: row.room_id, channel: row.channel, client: null };
    return [{ kind: 'hole' as const, ...place, id, detail }];
  });
}

function nameOf({ room_id, channel }: EntryRow): string {
  return `${room_id}/${channel}`;
}

function unsureCounts(crowd: Crowd): string[] {
  const counts = new Map<string, number>();
  for (const reason of crowd.people.flatMap((person) => person.unsureReasons)) {
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `${count} unsure (${reason})`);
}

function keptChannels(rows: readonly EntryRow[]): KeptChannel[] {
  const channels = new Map<string, KeptChannel & { entries: Entry[] }>();
  for (const row of rows) {
    const { room_id: roomId, channel } = row;
    const name = nameOf(row);
    const known = channels.get(name) ?? { roomId, channel, entries: [] };
    channels.set(name, known);
    known.entries.push(toEntry(row));
  }
  return [...channels.values()];
}

function toEntry(row: EntryRow): Entry {
  const from = row.user_id === null ? null : { userId: row.user_id, nickname: row.nickname ?? '' };
  return {
    id: formatEntryId(row),
    roomId: row.room_id,
    channel: row.channel,
    type: row.type,
    from,
    payload: JSON.parse(row.payload) as unknown,
    at: row.at,
    ...(row.key === null ? {} : { key: row.key }),
    ...(row.after === null ? {} : { after: row.after }),
  };
}

function describe(faults: readonly Fault[], house: House, seed: number): string[] {
  if (faults.length === 0) return [];
  return [
    `${faults.length} faults, seed ${seed}:`,
    ...faults
      .slice(0, TOLD_FAULTS)
      .map(({ kind, roomId, channel, client, detail }) =>
        [kind, roomId, channel ?? '-', client ?? 'kept', detail].join(' '),
      ),
    ...house.nodes.map(({ name, process: node }) => `${name}: ${node.output().slice(-2_000)}`),
  ];
}

function returnsOf({ returns }: Crowd): Returns {
  const away = returns.map(({ awayMs }) => awayMs).sort((a, b) => a - b);
  const inSecond = returns.map(
    ({ at: from }) => returns.filter(({ at }) => at >= from && at < from + 1_000).length,
  );
  return {
    count: away.length,
    mostInASecond: Math.max(0, ...inSecond),
    medianMs: quantile(away, 0.5),
    p99Ms: quantile(away, 0.99),
  };
}

function returnsText({ count, medianMs, mostInASecond, p99Ms }: Returns): string {
  return `${count} came back after ${medianMs} / ${p99Ms} ms, at most ${mostInASecond} in a second`;
}

/** Of sorted times, rounded. */
function quantile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

/** Median, 99th percentile and maximum. */
function times(list: readonly number[]): string {
  const sorted = [...list].sort((a, b) => a - b);
  return `${[0.5, 0.99, 1].map((share) => quantile(sorted, share)).join(' / ')} ms`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
