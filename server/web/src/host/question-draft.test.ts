import { describe, expect, it } from 'vitest';
import {
  EMPTY_DRAFT,
  finishDraft,
  readDraft,
  withOption,
  withoutOption,
} from './question-draft.js';

const draft = { text: ' Why? ', options: ['', ' a', 'b', ''], right: 2, seconds: 20 };

describe('a question that is being written', () => {
  it('is sent without what was left empty', () => {
    expect(finishDraft(draft)).toEqual({
      text: 'Why?',
      options: ['a', 'b'],
      right: 1,
      seconds: 20,
    });
    expect(finishDraft({ ...draft, right: null })).toMatchObject({ right: null });
  });

  it('says what is missing', () => {
    expect(finishDraft(EMPTY_DRAFT)).toBe('no-text');
    expect(finishDraft({ ...draft, options: ['a', ' '] })).toBe('few-options');
    expect(finishDraft({ ...draft, right: 0 })).toBe('right-is-empty');
  });

  it('keeps the right option where options come and go', () => {
    expect(withoutOption(draft, 0)).toMatchObject({ options: [' a', 'b', ''], right: 1 });
    expect(withoutOption(draft, 2).right).toBeNull();
    expect(withoutOption(draft, 3).right).toBe(2);
    expect(withOption(draft, 0, 'x').options).toEqual(['x', ' a', 'b', '']);
  });

  it('comes back as it was kept', () => {
    expect(readDraft(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
    for (const kept of [null, 3, {}, { ...draft, options: ['a'] }]) {
      expect(readDraft(kept)).toBeNull();
    }
  });
});
