import { compareEntryIds, type Entry } from '@pinroom/client';
import { LATE_MS } from '../round/round.js';
import { readAnswer } from '../round/vocabulary.js';

/** The question whose answers are counted. */
export interface Asked {
  readonly id: string;
  readonly number: number | undefined;
  readonly options: number;
  readonly askedAt: number;
  readonly endsAt: number | undefined;
}

export interface CountedAnswer {
  readonly entryId: string;
  readonly userId: string;
  readonly nickname: string;
  readonly choice: number;
  readonly at: number;
}

/**
 * The answers to one question: the first of each user, in whatever order they are read (live, and back from the
 * past after a reload). Pure.
 */
export class AnswerTally {
  readonly asked: Asked;
  readonly #byUser = new Map<string, CountedAnswer>();
  readonly #counts: number[];
  #closedAt = Number.POSITIVE_INFINITY;

  constructor(asked: Asked) {
    this.asked = asked;
    this.#counts = Array.from({ length: asked.options }, () => 0);
  }

  /** Answers for each option. */
  get counts(): readonly number[] {
    return this.#counts;
  }

  get total(): number {
    return this.#byUser.size;
  }

  get answers(): Iterable<CountedAnswer> {
    return this.#byUser.values();
  }

  has(userId: string): boolean {
    return this.#byUser.has(userId);
  }

  /** The result is out: what came after it does not count. */
  close(at: number): void {
    this.#closedAt = at;
    for (const answer of [...this.#byUser.values()]) if (answer.at > at) this.#remove(answer);
  }

  /** Takes an entry of the channel `host`; whether it changed anything. */
  add(entry: Entry): boolean {
    const answer = readAnswer(entry);
    if (!answer || !entry.from || answer.choice >= this.asked.options) return false;
    if (!this.#isInTime(entry.at) || !this.#isMeant(answer, entry.at)) return false;
    const { userId, nickname } = entry.from;
    const before = this.#byUser.get(userId);
    if (before) {
      if (compareEntryIds(before.entryId, entry.id) <= 0) return false;
      this.#remove(before);
    }
    const { choice } = answer;
    this.#byUser.set(userId, { entryId: entry.id, userId, nickname, choice, at: entry.at });
    this.#change(choice, 1);
    return true;
  }

  #isInTime(at: number): boolean {
    const { endsAt } = this.asked;
    return at <= this.#closedAt && (endsAt === undefined || at <= endsAt + LATE_MS);
  }

  #isMeant({ question, number }: { question: unknown; number: unknown }, at: number): boolean {
    if (typeof question === 'string') return question === this.asked.id;
    if (at < this.asked.askedAt) return false;
    return typeof number !== 'number' || number === this.asked.number;
  }

  #remove({ userId, choice }: CountedAnswer): void {
    this.#byUser.delete(userId);
    this.#change(choice, -1);
  }

  #change(choice: number, by: number): void {
    this.#counts[choice] = (this.#counts[choice] ?? 0) + by;
  }
}
