import type { Member } from '@pinroom/client';

/** Members that are remembered: everybody in a room is told of the others. */
const KEPT_MEMBERS = 20_000;
/** Frames that are remembered: readers of a room hear the same one within moments. */
const KEPT = 512;

export interface HeardEvent {
  readonly name: string;
  readonly payload: unknown;
}

/**
 * Parses each event once, however many sockets of the process hear it, and keeps one object for each
 * member of a room. The objects are everybody's.
 */
export class HeardFrames {
  /** Oldest first. */
  readonly #known = new Map<string, HeardEvent>();
  readonly #members = new Map<string, Member>();

  /** What a command is answered: the part of the frame from its bracket on. */
  answer(text: string): unknown {
    const [answer] = JSON.parse(text) as [{ data?: { members?: Member[] } } | null];
    const data = answer?.data;
    if (data?.members) data.members = data.members.map((member) => this.#shared(member));
    return answer;
  }

  event(frame: string): HeardEvent {
    const known = this.#known.get(frame);
    if (known) return known;
    const [name, payload] = JSON.parse(frame.slice(frame.indexOf('['))) as [string, unknown];
    const event = { name, payload };
    this.#known.set(frame, event);
    if (this.#known.size > KEPT) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    }
    return event;
  }

  #shared(member: Member): Member {
    const text = JSON.stringify(member);
    const known = this.#members.get(text);
    if (known) return known;
    if (this.#members.size >= KEPT_MEMBERS) this.#members.clear();
    this.#members.set(text, member);
    return member;
  }
}
