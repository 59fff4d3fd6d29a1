import type { Entry } from '@pinroom/client';
import { type Question, readQuestion } from '../round/vocabulary.js';

/** Entries that came together; it never changes, so that nothing of it is drawn or counted twice. */
export interface Chunk {
  /** The id of its newest entry, which stays the same whatever is cut off its older end. */
  readonly id: string;
  /** Ascending, at least one. */
  readonly entries: readonly Entry[];
  /** How many of each type. */
  readonly counts: ReadonlyMap<string, number>;
  /** What was asked, by the entry's id and by `#<number>`. */
  readonly questions: ReadonlyMap<string, Question>;
}

/** Null: there is nothing to show. */
export function toChunk(entries: readonly Entry[]): Chunk | null {
  const newest = entries.at(-1);
  if (!newest) return null;
  const counts = new Map<string, number>();
  const questions = new Map<string, Question>();
  for (const entry of entries) {
    counts.set(entry.type, (counts.get(entry.type) ?? 0) + 1);
    const question = readQuestion(entry);
    if (!question) continue;
    questions.set(entry.id, question);
    if (question.number !== undefined) questions.set(`#${question.number}`, question);
  }
  return { id: newest.id, entries, counts, questions };
}

/** What a result or an answer is about, as far as it is loaded. */
export function questionOf(
  questions: ReadonlyMap<string, Question>,
  { question, number }: { readonly question?: unknown; readonly number?: unknown },
): Question | null {
  return (
    (typeof question === 'string' ? questions.get(question) : undefined) ??
    (typeof number === 'number' ? questions.get(`#${number}`) : undefined) ??
    null
  );
}

/** All types with their counts, the most frequent first. */
export function typesIn(chunks: readonly Chunk[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const chunk of chunks) {
    for (const [type, count] of chunk.counts) counts.set(type, (counts.get(type) ?? 0) + count);
  }
  return [...counts].sort(([a, some], [b, more]) => more - some || (a < b ? -1 : 1));
}
