import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { Metrics } from '../runtime/metrics.js';
import { ALL_TAGS } from '../runtime/random.js';
import { type Loop, runLoop } from '../runtime/run-loop.js';
import type { RoomCloser } from './close-room.js';
import { type HostKeeping, keepHosts } from './keep-hosts.js';
import type { MemberStore } from './member-store.port.js';
import type { People } from './people.port.js';
import type { PinRegistry } from './pin-registry.port.js';
import type { Retention } from './retention.js';
import type { RoomDirectory } from './room-directory.js';
import type { RoomRecord } from './room-record.port.js';

const SWEEP_MS = 1_000;
/** With the lease it makes up the time after which the members of a dead node show as away. */
const JUDGE_MS = 2_500;
const AUDIT_MS = 30_000;
/** Rooms looked at in a sweep. */
const ROOMS_AT_ONCE = 1_000;
/** Members who leave together; as long as so many are due the sweep goes on, but no longer than this. */
const MEMBERS_AT_ONCE = 200;
const LEAVING_MS = 500;
const OPENING_MS = 60_000;
/** How far back broken openings are looked for. */
const AUDIT_WINDOW_MS = 900_000;
const AUDIT_LIMIT = 1_000;

export interface HousekeepingParts extends HostKeeping {
  readonly members: MemberStore;
  readonly people: Pick<People, 'judgeHosts'>;
  readonly pins: PinRegistry;
  readonly directory: RoomDirectory;
  readonly closer: RoomCloser;
  readonly retention: Retention;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly graceMs: number;
  /** The tags that this node looks after. */
  readonly tags: () => readonly string[];
  /** See NodeLife: when seats of others and places of absent members may be given up. */
  readonly mayJudge: () => boolean;
  readonly isRecovering: () => boolean;
  /** How long an opening is left alone: longer than a PIN is reserved; default 60 s. */
  readonly openingMs?: number;
  /** How often broken openings are looked for; default 30 s. */
  readonly auditMs?: number;
}

/** Does, for the tags of this node, what time demands: rooms that expire, members and hosts who stay away. */
export class Housekeeping {
  readonly #parts: HousekeepingParts;
  #loops: Loop[] = [];

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
  }

  start(): void {
    const { auditMs = AUDIT_MS, clock, logger } = this.#parts;
    this.#loops = [
      runLoop({ name: 'presence-sweep', everyMs: SWEEP_MS, clock, logger }, () => this.#presence()),
      runLoop({ name: 'dead-lives', everyMs: JUDGE_MS, clock, logger }, () => this.#deadLives()),
      runLoop({ name: 'room-sweep', everyMs: SWEEP_MS, clock, logger }, () => this.#rooms()),
      runLoop({ name: 'room-audit', everyMs: auditMs, clock, logger }, () => this.#audit()),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }

  async #presence(): Promise<void> {
    const { clock, isRecovering, mayJudge, members, metrics, tags } = this.#parts;
    // Also where all nodes were away at once: hosts need the time to come back to the first of them.
    if (mayJudge()) await this.#hosts();
    if (isRecovering()) return;
    const until = clock.now() + LEAVING_MS;
    let removed = MEMBERS_AT_ONCE;
    while (removed >= MEMBERS_AT_ONCE && clock.now() < until) {
      removed = await members.removeAway(tags(), MEMBERS_AT_ONCE);
      metrics.count('pinroom_members_removed_total', undefined, removed);
    }
  }

  /** A room that closed is due now, and finished with the others that are. */
  async #hosts(): Promise<void> {
    const { people, tags } = this.#parts;
    const verdicts = await people.judgeHosts(tags(), ROOMS_AT_ONCE);
    const inherited = verdicts.filter(({ outcome }) => outcome === 'transferred');
    await Promise.all(inherited.map(({ roomId }) => keepHosts(this.#parts, roomId)));
  }

  async #deadLives(): Promise<void> {
    const { graceMs, isRecovering, mayJudge, members, metrics, tags } = this.#parts;
    if (!mayJudge() || isRecovering()) return;
    const released = await members.releaseDead(tags(), graceMs);
    metrics.count('pinroom_dead_sockets_total', undefined, released);
  }

  async #rooms(): Promise<void> {
    const { closer, rooms, tags } = this.#parts;
    const due = await rooms.listDue(tags(), ROOMS_AT_ONCE);
    for (const roomId of due) {
      const outcome = await rooms.expire(roomId);
      if (outcome === 'expired') closer.tell(roomId, 'expired');
      if (outcome === 'expired' || outcome === 'closing') await closer.finish(roomId);
    }
  }

  /** One node at a time looks for what crashes have left behind, and keeps the PIN index complete. */
  async #audit(): Promise<void> {
    const { archive, clock, directory, openingMs = OPENING_MS, retention, tags } = this.#parts;
    if (!tags().includes(ALL_TAGS[0] ?? '')) return;
    await directory.rebuildPins();
    await retention.round();
    const now = clock.now();
    const suspects = await archive.listSuspects({
      from: now - AUDIT_WINDOW_MS,
      to: now - openingMs,
      expiredBefore: now - openingMs,
      limit: AUDIT_LIMIT,
    });
    for (const room of suspects) await this.#judge(room, now);
  }

  async #judge(room: RoomRecord, now: number): Promise<void> {
    const { archive, clock, closer, directory, pins, rooms } = this.#parts;
    if (room.maxUntil < now) {
      // Its life is over, but nothing in the store reminded anyone of it.
      if (!(await directory.byId(room.id))) return;
      await rooms.expire(room.id);
      await closer.finish(room.id);
      return;
    }
    const completeSince = await pins.completeSince();
    if (completeSince === null || completeSince > room.createdAt) return;
    const found = await pins.lookup(room.pin);
    if (found.kind === 'unknown' || (found.kind === 'room' && found.roomId === room.id)) return;
    // Only a room whose opening was completed gets another PIN, which the archive may learn of later.
    const kept = await rooms.get(room.id);
    if (kept && kept.pin !== room.pin) return;
    // The index has known every PIN since before the room was created, and does not know this one:
    // its opening broke off before the PIN was confirmed, so nobody was ever told of the room. If it
    // came as far as the store it has to end there first: an open room must not lose its PIN.
    if ((await rooms.close(room.id, 'expired', null)) === 'absent') {
      await archive.closeRoom(room.id, { at: clock.now(), reason: 'expired', pinRestsUntil: 0 });
    } else {
      await closer.finish(room.id);
    }
  }
}
