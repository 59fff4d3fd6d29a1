import type { Entry } from '@pinroom/client';
import {
  type Countdown,
  type Question,
  type Result,
  readAnswer,
  readCountdown,
  readQuestion,
  readResult,
  readText,
} from '../round/vocabulary.js';
import { type LogLine, readLogLines } from './log-lines.js';

/** An entry as people read it. */
export type Body =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'question'; readonly question: Question }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'countdown'; readonly countdown: Countdown }
  | {
      readonly kind: 'answer';
      readonly choice: number;
      readonly about: { readonly question: unknown; readonly number: unknown };
    }
  | { readonly kind: 'log'; readonly lines: readonly LogLine[] }
  /** The archive could not take it: what was said is lost, its place is kept. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'other'; readonly json: string };

export function readBody(entry: Entry): Body {
  if (entry.channel === 'log') {
    const lines = readLogLines(entry);
    if (lines.length > 0) return { kind: 'log', lines };
  }
  if (isUnreadable(entry)) return { kind: 'unreadable' };
  const said = readText(entry);
  if (said) return { kind: 'text', text: said.text };
  const question = readQuestion(entry);
  if (question) return { kind: 'question', question };
  const countdown = readCountdown(entry);
  if (countdown) return { kind: 'countdown', countdown };
  const answer = readAnswer(entry);
  if (answer) {
    const { choice, ...about } = answer;
    return { kind: 'answer', choice, about };
  }
  const result = readResult(entry);
  if (result && tellsSomething(result)) return { kind: 'result', result };
  if (typeof entry.payload === 'string') return { kind: 'text', text: entry.payload };
  return { kind: 'other', json: JSON.stringify(entry.payload, null, 2) ?? 'null' };
}

function isUnreadable({ type, payload }: Entry): boolean {
  return type === 'unreadable' && payload === null;
}

function tellsSomething({ counts, scores, right }: Result): boolean {
  return counts !== undefined || scores !== undefined || typeof right === 'number';
}
