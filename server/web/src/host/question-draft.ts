import { MAX_OPTIONS } from '../round/vocabulary.js';

/** A question while it is being written. */
export interface QuestionDraft {
  readonly text: string;
  readonly options: readonly string[];
  /** Place of the right option; null: there is none. */
  readonly right: number | null;
  /** 0: no time limit. */
  readonly seconds: number;
}

export const MIN_OPTIONS = 2;
export const TIME_LIMITS = [0, 10, 20, 30, 60] as const;
export const TEXT_LENGTH = 500;
export const OPTION_LENGTH = 120;

export const EMPTY_DRAFT: QuestionDraft = { text: '', options: ['', ''], right: null, seconds: 20 };

export type DraftFault = 'no-text' | 'few-options' | 'right-is-empty';

/** The question as it is sent: without what was left empty. */
export function finishDraft(draft: QuestionDraft): QuestionDraft | DraftFault {
  const text = draft.text.trim();
  if (text === '') return 'no-text';
  const filled = draft.options.flatMap((option, place) =>
    option.trim() === '' ? [] : [{ option: option.trim(), place }],
  );
  if (filled.length < MIN_OPTIONS) return 'few-options';
  const right = filled.findIndex(({ place }) => place === draft.right);
  if (draft.right !== null && right < 0) return 'right-is-empty';
  return {
    text,
    options: filled.map(({ option }) => option),
    right: draft.right === null ? null : right,
    seconds: draft.seconds,
  };
}

export function withOption(draft: QuestionDraft, place: number, option: string): QuestionDraft {
  return { ...draft, options: draft.options.with(place, option) };
}

export function withoutOption(draft: QuestionDraft, place: number): QuestionDraft {
  const { right } = draft;
  const moved = right === null || right === place ? null : right > place ? right - 1 : right;
  return { ...draft, options: draft.options.toSpliced(place, 1), right: moved };
}

/** A draft that was kept; null: it is none. */
export function readDraft(kept: unknown): QuestionDraft | null {
  const { text, options, right, seconds } = (kept ?? {}) as { [field: string]: unknown };
  if (typeof text !== 'string' || typeof seconds !== 'number' || !Array.isArray(options)) {
    return null;
  }
  if (options.length < MIN_OPTIONS || options.length > MAX_OPTIONS) return null;
  const texts = options.map(String);
  return { text, options: texts, right: typeof right === 'number' ? right : null, seconds };
}
