import { LatencyHistogram } from '../load/latency-histogram.js';
import { entryDigits, type RoomMember } from './room-member.js';

/** The longest run of entries whose times are kept. */
const KEPT = 65_536;

/** A room with its members, all on this side. */
export class BenchRoom {
  readonly id: string;
  /** Null: it is joined by its id. */
  readonly pin: string | null;
  readonly members: RoomMember[] = [];
  readonly #speakers: RoomMember[] = [];
  /** From the moment that an entry was due to its arrival, of some members. */
  readonly latency = new LatencyHistogram();
  /** Entries that were sent; answered with ok; refused, by code. */
  sent = 0;
  accepted = 0;
  readonly refused = new Map<string, number>();
  readonly #dueAt = new Float64Array(KEPT);

  constructor(id: string, pin: string | null) {
    this.id = id;
    this.pin = pin;
  }

  /** `isTimed`: what it hears is timed; `speaks`: it has its turn. */
  async add(member: RoomMember, as: { isTimed: boolean; speaks: boolean }): Promise<void> {
    await member.join(this, as.isTimed ? (number) => this.#arrived(number) : null);
    this.members.push(member);
    if (as.speaks) this.#speakers.push(member);
  }

  /** One of those who speak says something. */
  say(dueAt: number): void {
    const number = this.sent++;
    this.#dueAt[number % KEPT] = dueAt;
    const digits = entryDigits(number);
    const words = { roomId: this.id, key: `k-${this.id.slice(-6)}-${digits}`, digits };
    this.#speakers[number % this.#speakers.length]?.say(words, (refusal) => {
      if (refusal === null) this.accepted++;
      else this.refused.set(refusal, (this.refused.get(refusal) ?? 0) + 1);
    });
  }

  #arrived(number: number): void {
    this.latency.record(performance.now() - (this.#dueAt[number % KEPT] ?? 0));
  }

  /** Whether everything has reached everybody. */
  get isComplete(): boolean {
    return (
      this.accepted === this.sent && this.members.every(({ received }) => received === this.sent)
    );
  }

  /** What is wrong when it should be complete; null: nothing is lost, repeated or in another order. */
  fault(): string | null {
    const refusals = [...this.refused].map(([code, count]) => `${count} × ${code}`);
    if (refusals.length > 0) return `refused: ${refusals.join(', ')}`;
    if (this.accepted !== this.sent)
      return `${this.sent - this.accepted} of ${this.sent} not answered`;
    const [first] = this.members;
    for (const member of this.members) {
      if (member.received !== this.sent) return `${member.received} of ${this.sent} entries came`;
      if (member.order !== first?.order) return 'two members saw different orders';
    }
    return null;
  }
}
