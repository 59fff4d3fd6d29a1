import type { Entry } from '@pinroom/client';
import { type Question, type Result, readQuestion, readResult } from './vocabulary.js';

/** A question, as far as the entries of `room` tell. */
export interface Round {
  /** The id of the question's entry. */
  readonly id: string;
  /** By which whoever has asked knows the question again, also where its id never came. */
  readonly key: string | undefined;
  readonly askedAt: number;
  readonly question: Question;
  /** Null: it is not closed by a result; its time may be over all the same. */
  readonly result: Result | null;
  /** The entry of the result. */
  readonly closing: Entry | null;
}

/** An answer given in the last moment is still on its way when the time is over. */
export const LATE_MS = 1_000;

/** The newest question among the entries (ascending) of the channel `room`, with its result; null: none. */
export function currentRound(entries: readonly Entry[]): Round | null {
  const at = entries.findLastIndex((entry) => readQuestion(entry) !== null);
  const entry = entries[at];
  const question = entry && readQuestion(entry);
  if (!entry || !question) return null;
  const { id, key, at: askedAt } = entry;
  for (const later of entries.slice(at + 1)) {
    const result = readResult(later);
    if (result && belongsTo(result, id, question)) {
      return { id, key, askedAt, question, result, closing: later };
    }
  }
  return { id, key, askedAt, question, result: null, closing: null };
}

/** Whether it is still possible to answer; `now` is the server's time. */
export function isOpen({ question, result }: Round, now: number): boolean {
  return result === null && (question.endsAt === undefined || now < question.endsAt);
}

/** Whether an answer counts that the server has kept at this time: one that had to wait for a connection may not. */
export function isInTime({ closing, question }: Round, at: number): boolean {
  if (closing !== null && at > closing.at) return false;
  return question.endsAt === undefined || at <= question.endsAt + LATE_MS;
}

/** A result that names no question is about the one before it. */
function belongsTo(result: Result, id: string, { number }: Question): boolean {
  if (result.question !== undefined) return result.question === id;
  return result.number === undefined || number === undefined || result.number === number;
}
