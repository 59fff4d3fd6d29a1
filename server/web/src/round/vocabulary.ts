import type { Entry } from '@pinroom/client';

/**
 * What the pages say to each other in a room. The server knows none of it: an application that speaks
 * this too can host players who use the page, or play with a host who does. docs/pages.md has the table.
 */

/** Channel `room`, from a host. */
export interface Question {
  readonly text: string;
  readonly options: readonly string[];
  /** For applications that count their questions. */
  readonly number?: number;
  /** The server's time at which it closes. */
  readonly endsAt?: number;
  /** How long it is open, for a bar that runs down. */
  readonly seconds?: number;
}

/** Channel `host`, from a player, with the question's id as `once`. */
export interface Answer {
  /** The id of the question's entry. */
  readonly question: string;
  /** Place of the option, from 0. */
  readonly choice: number;
  /** As the question had it. */
  readonly number?: number;
}

export interface Score {
  readonly nickname: string;
  readonly points: number;
  readonly userId?: string;
}

/** Channel `room`, from a host: the question is closed, and this is what came of it. */
export interface Result {
  /** The id of the question's entry; or its `number`. */
  readonly question?: string;
  readonly number?: number;
  /** Place of the right option; null or absent: there is none. */
  readonly right?: number | null;
  /** Answers for each option. */
  readonly counts?: readonly number[];
  /** The best first. */
  readonly scores?: readonly Score[];
}

/** Channel `room`, from a host. */
export interface Countdown {
  readonly text?: string;
  readonly endsAt: number;
  readonly seconds?: number;
}

/** Channel `room`, from anybody who may. */
export interface Text {
  readonly text: string;
}

export const MAX_OPTIONS = 6;

/** What others than hosts may send in a room of the pages: nobody else asks, or says what is right. */
export const TYPES_BY_ROLE = { player: ['text', 'answer'], spectator: ['text'] };

/** Payloads come from anybody: what does not fit is null. */
export function readQuestion(entry: Entry): Question | null {
  const { text, options, number, endsAt, seconds } = fieldsOf(entry, 'question');
  if (typeof text !== 'string' || !Array.isArray(options)) return null;
  if (options.length < 1 || options.length > MAX_OPTIONS) return null;
  if (!options.every((option) => typeof option === 'string' || typeof option === 'number'))
    return null;
  return {
    text,
    options: options.map(String),
    ...(isNumber(number) ? { number } : {}),
    ...(isMoment(endsAt) ? { endsAt } : {}),
    ...(isNumber(seconds) ? { seconds } : {}),
  };
}

export function readAnswer(
  entry: Entry,
): { question: unknown; number: unknown; choice: number } | null {
  const { question, number, choice } = fieldsOf(entry, 'answer');
  return isPlace(choice) ? { question, number, choice } : null;
}

export function readResult(entry: Entry): Result | null {
  if (entry.type !== 'result') return null;
  const { question, number, right, counts, scores } = fieldsOf(entry, 'result');
  return {
    ...(typeof question === 'string' ? { question } : {}),
    ...(isNumber(number) ? { number } : {}),
    right: isPlace(right) ? right : null,
    ...(Array.isArray(counts) && counts.every(isNumber) ? { counts } : {}),
    ...(Array.isArray(scores) ? { scores: scores.flatMap(readScore) } : {}),
  };
}

export function readCountdown(entry: Entry): Countdown | null {
  const { text, endsAt, seconds } = fieldsOf(entry, 'countdown');
  if (!isMoment(endsAt)) return null;
  return {
    endsAt,
    ...(typeof text === 'string' ? { text } : {}),
    ...(isNumber(seconds) ? { seconds } : {}),
  };
}

export function readText(entry: Entry): Text | null {
  const { text } = fieldsOf(entry, 'text');
  return typeof text === 'string' ? { text } : null;
}

function readScore(score: unknown): Score[] {
  const { nickname, points, userId } = (score ?? {}) as { [field: string]: unknown };
  if (typeof nickname !== 'string' || !isNumber(points)) return [];
  return [{ nickname, points, ...(typeof userId === 'string' ? { userId } : {}) }];
}

function fieldsOf(entry: Entry, type: string): { readonly [field: string]: unknown } {
  const { payload } = entry;
  if (entry.type !== type || typeof payload !== 'object' || payload === null) return {};
  return payload as { [field: string]: unknown };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** What a `Date` can hold: formatting another one throws. */
const LAST_MOMENT = 8.64e15;

function isMoment(value: unknown): value is number {
  return isNumber(value) && Math.abs(value) <= LAST_MOMENT;
}

function isPlace(value: unknown): value is number {
  return isNumber(value) && Number.isInteger(value) && value >= 0 && value < MAX_OPTIONS;
}
