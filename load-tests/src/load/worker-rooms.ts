import {
  compareEntryIds,
  type Entry,
  type HistoryPage,
  PinroomError,
  userChannel,
} from '@pinroom/client';
import { checkDelivery } from '../delivery-checker.js';
import type { ClientRecord, Fault, KeptChannel } from '../delivery-record.js';
import { checkPresence, type RoomTruth } from '../presence-checker.js';
import { pause } from '../waiting.js';
import { countFaults } from './fault-counts.js';
import type { LoadMember } from './load-member.js';
import type { LoadWorld } from './load-world.js';
import type { Checked, RoomFacts, Tops } from './messages.js';

/** Histories that are read at a time. */
const READS_AT_ONCE = 8;
/** Entries in a page. */
const PAGE = 200;
const RETRY_MS = 500;
const MOST_FAULTS = 20;
/** References that one step of the check may hold: what people saw is written out for it. */
const STEP_ENTRIES = 1_000_000;

/** The rooms of a worker at the end of a run: what was kept, and the check of what was seen. */
export class WorkerRooms {
  readonly #world: LoadWorld;
  readonly #rooms = new Map<string, LoadMember[]>();
  readonly #kept = new Map<string, KeptChannel[]>();

  constructor(world: LoadWorld, members: readonly LoadMember[]) {
    this.#world = world;
    for (const member of members) {
      if (!member.hasArrived) continue;
      const { id } = member.recorded.room;
      const others = this.#rooms.get(id);
      if (others) others.push(member);
      else this.#rooms.set(id, [member]);
    }
  }

  /** The newest entry of each channel that anybody here has seen or has a receipt for. */
  tops(): Tops {
    const tops: Record<string, string> = {};
    const raise = (roomId: string, channel: string, id: string | null) => {
      if (id === null) return;
      const name = `${roomId} ${channel}`;
      if (compareEntryIds(id, tops[name] ?? '0-0') > 0) tops[name] = id;
    };
    for (const [roomId, members] of this.#rooms) {
      for (const { recorded } of members) {
        for (const channel of ['room', 'host']) {
          raise(roomId, channel, recorded.newestSeen(channel));
        }
        for (const [channel, id] of recorded.newestReceipts) raise(roomId, channel, id);
      }
    }
    return tops;
  }

  /** Waits until everybody has everything up to these; whoever does not in time shows in the check. */
  async catchUp(tops: Tops, deadlineMs: number): Promise<void> {
    const end = performance.now() + deadlineMs;
    const waiting = [...this.#rooms].flatMap(([roomId, members]) =>
      members.flatMap((member) => this.#awaited(roomId, member, tops)),
    );
    for (const hasIt of waiting) {
      while (!hasIt() && performance.now() < end) await pause(20);
    }
  }

  /** Reads back what the server has kept. */
  async read(withUsers: boolean, splitRooms: ReadonlySet<number>): Promise<RoomFacts> {
    const work: (() => Promise<void>)[] = [];
    const kept: KeptChannel[] = [];
    const members: Record<string, string[]> = {};
    const leavers: string[] = [];
    for (const [roomId, people] of this.#rooms) {
      const isSplit = people.some(({ seat }) => splitRooms.has(seat.room));
      const keep = (channel: KeptChannel) => {
        if (isSplit) kept.push(channel);
        else this.#keep(channel);
      };
      const stayed = people.filter(({ recorded }) => !recorded.hasLeft);
      members[roomId] = stayed.map(({ recorded }) => recorded.room.self.userId);
      for (const { recorded } of people) {
        if (recorded.hasLeft) leavers.push(recorded.userId);
      }
      for (const member of stayed) {
        for (const channel of channelsOf(member, withUsers)) {
          work.push(async () => keep(await readChannel(member, channel, this.#world.intern)));
        }
      }
    }
    await Promise.all(
      Array.from({ length: READS_AT_ONCE }, async () => {
        for (let next = work.shift(); next; next = work.shift()) await next();
      }),
    );
    return { kept, members, leavers };
  }

  async check({ kept, members, leavers }: RoomFacts, presenceMs: number): Promise<Checked> {
    await this.#agree(members, presenceMs);
    for (const channel of kept) if (this.#rooms.has(channel.roomId)) this.#keep(channel);
    const faults: Fault[] = [...this.#world.strays];
    let [clients, entries, seen] = [0, 0, 0];
    for (const [roomId, people] of this.#rooms) {
      const channels = this.#kept.get(roomId) ?? [];
      // A room in several processes is theirs in part; its own entries are looked at where the host is.
      const isHome = people.some(({ isHost }) => isHost);
      if (isHome) for (const channel of channels) entries += channel.entries.length;
      const present = members[roomId];
      const truths = present ? [truthOf(roomId, present, leavers)] : [];
      let isFirst = isHome;
      for (const records of steps(people)) {
        const found = checkDelivery(records, channels);
        for (const fault of found) if (isFirst || fault.client) faults.push(fault);
        const wrong = checkPresence(truths, records, isFirst ? channels : []);
        for (const fault of wrong) faults.push(fault);
        isFirst = false;
        clients += records.length;
        for (const record of records) for (const view of record.seen) seen += view.entries.length;
      }
    }
    const found = countFaults(faults);
    const hidden = this.#world.strayCount - this.#world.strays.length;
    const counts = { ...found.counts, 'wrong-room': found.counts['wrong-room'] + hidden };
    return { ...found, counts, clients, entries, seen };
  }

  /** Waits until everybody sees everybody: who has just come back is told of a little later. */
  async #agree(members: RoomFacts['members'], deadlineMs: number): Promise<void> {
    const end = performance.now() + deadlineMs;
    for (const [roomId, people] of this.#rooms) {
      const present = members[roomId];
      if (!present) continue;
      const views = people.filter(({ recorded }) => !recorded.hasLeft).map(viewOf);
      while (!views.every((sees) => sees(present)) && performance.now() < end) await pause(20);
    }
  }

  #keep(channel: KeptChannel): void {
    const others = this.#kept.get(channel.roomId);
    if (others) others.push(channel);
    else this.#kept.set(channel.roomId, [channel]);
  }

  #awaited(roomId: string, { recorded, isHost }: LoadMember, tops: Tops): (() => boolean)[] {
    if (recorded.hasLeft) return [];
    return (isHost ? ['room', 'host'] : ['room']).flatMap((channel) => {
      const top = tops[`${roomId} ${channel}`];
      if (top === undefined) return [];
      return [() => compareEntryIds(recorded.newestSeen(channel) ?? '0-0', top) >= 0];
    });
  }
}

/** Whether the member sees that these are here, as far as it is told. */
function viewOf({ recorded }: LoadMember): (present: readonly string[]) => boolean {
  const { room } = recorded;
  return (present) =>
    room.memberCount === present.length &&
    (!room.membersComplete || present.every((userId) => room.members.get(userId)?.online));
}

function truthOf(
  roomId: string,
  present: readonly string[],
  leavers: readonly string[],
): RoomTruth {
  return { roomId, online: new Map(present.map((userId) => [userId, true])), gone: [], leavers };
}

function channelsOf({ isHost, recorded }: LoadMember, withUsers: boolean): string[] {
  const own = withUsers ? [userChannel(recorded.userId)] : [];
  return isHost ? ['room', 'host', 'log', ...own] : own;
}

/** A channel from its beginning to its end, across what the server asks to wait for. */
async function readChannel({ recorded }: LoadMember, channel: string, intern: LoadWorld['intern']) {
  const entries: Entry[] = [];
  let faults = 0;
  for (let after: string | null = '0-0'; after !== null; ) {
    try {
      const page: HistoryPage = await recorded.room.history({ channel, after, limit: PAGE });
      entries.push(...page.entries.map(intern));
      after = page.nextCursor;
      faults = 0;
    } catch (fault) {
      const isTransient = fault instanceof PinroomError && fault.retry;
      if (!isTransient || ++faults > MOST_FAULTS) throw fault;
      await pause(fault.retryAfterMs ?? RETRY_MS);
    }
  }
  return { roomId: recorded.room.id, channel, entries };
}

/** People's records, so many at a time that what they saw fits into memory. */
function* steps(people: readonly LoadMember[]): Generator<ClientRecord[]> {
  let records: ClientRecord[] = [];
  let entries = 0;
  for (const { recorded } of people) {
    if (records.length > 0 && entries + recorded.seenCount > STEP_ENTRIES) {
      yield records;
      [records, entries] = [[], 0];
    }
    entries += recorded.seenCount;
    records.push(recorded.record());
  }
  if (records.length > 0) yield records;
}
