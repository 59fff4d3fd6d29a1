import type { ServerEvents } from '../events.js';
import { LIMITS } from '../limits.js';
import type { HostState, JoinAnswer, Member } from '../model.js';

type PresenceEvent = ServerEvents['room:presence'];

/** Who is in a room, from the join answer and the presence events. Pure. */
export class MemberRoster {
  readonly members = new Map<string, Member>();
  count = 0;
  version = -1;
  hostState: HostState = 'away';
  /** The last snapshot itself did not add up: fetching it again would not help. */
  #isOdd = false;

  load(
    answer: Pick<JoinAnswer, 'members' | 'memberCount' | 'presenceVersion' | 'hostState'>,
  ): void {
    this.members.clear();
    for (const member of answer.members) this.members.set(member.userId, member);
    this.count = answer.memberCount;
    this.version = answer.presenceVersion;
    this.hostState = answer.hostState;
    this.#isOdd = this.count <= LIMITS.joinMembers && !this.isComplete;
  }

  /** False: nothing new. */
  apply(event: PresenceEvent, isHost: boolean): boolean {
    if (event.version <= this.version) return false;
    this.version = event.version;
    this.count = event.memberCount;
    this.hostState = event.hostState;
    if (event.memberCount > LIMITS.presenceDetailMembers && !isHost) {
      // Only the count is told from here on; a list that nobody keeps up to date would lie.
      this.members.clear();
      return true;
    }
    for (const userId of event.left) this.members.delete(userId);
    for (const member of [...event.joined, ...event.changed]) {
      this.members.set(member.userId, member);
    }
    return true;
  }

  /** Whether `members` holds everybody. */
  get isComplete(): boolean {
    return this.members.size === this.count;
  }

  /** The list should be whole, and is not: a join answer brings it. */
  get needsReload(): boolean {
    return !this.isComplete && !this.#isOdd && this.count <= LIMITS.joinMembers;
  }
}
