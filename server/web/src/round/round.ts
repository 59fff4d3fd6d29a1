import type { Entry } from '@pinroom/client';
import { type Question, type Result, readQuestion, readResult } from './vocabulary.js';

/** A question, as far as the entries of `room` tell. */
export interface Round {
  /** The id of the question's entry. */
  readonly id: string;
  readonly askedAt: number;
  readonly question: Question;
  /** Null: it is not closed by a result; its time may be over all the same. */
  readonly result: Result | null;
}

/** The newest question among the entries (ascending) of the channel `room`, with its result; null: none. */
export function currentRound(entries: readonly Entry[]): Round | null {
  const at = entries.findLastIndex((entry) => readQuestion(entry) !== null);
  const entry = entries[at];
  const question = entry && readQuestion(entry);
  if (!entry || !question) return null;
  const { id } = entry;
  for (const later of entries.slice(at + 1)) {
    const result = readResult(later);
    if (result && belongsTo(result, id, question)) {
      return { id, askedAt: entry.at, question, result };
    }
  }
  return { id, askedAt: entry.at, question, result: null };
}

/** Whether it is still possible to answer; `now` is the server's time. */
export function isOpen({ question, result }: Round, now: number): boolean {
  return result === null && (question.endsAt === undefined || now < question.endsAt);
}

/** A result that names no question is about the one before it. */
function belongsTo(result: Result, id: string, { number }: Question): boolean {
  if (result.question !== undefined) return result.question === id;
  return result.number === undefined || number === undefined || result.number === number;
}
