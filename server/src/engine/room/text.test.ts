import { describe, expect, it } from 'vitest';
import { AppError } from '../runtime/app-error.js';
import { foldNickname, normaliseNickname } from './text.js';

describe('nicknames', () => {
  it('are kept composed, trimmed and with single spaces', () => {
    expect(normaliseNickname('  Zoe\u0308   K. ')).toBe('Zoë K.');
  });

  it.each(['   ', '\u200b\u200d', '\u2060 \u00ad'])(
    'need something that can be seen',
    (nickname) => {
      expect(() => normaliseNickname(nickname)).toThrow(AppError);
    },
  );

  it.each([
    ['case', 'ANNA', 'anna'],
    ['full-width letters', 'Ａnna', 'anna'],
    ['zero-width characters', 'an\u200bna', 'anna'],
    ['ligatures', 'ﬁnn', 'finn'],
    ['sharp s', 'STRASSE', 'straße'],
    ['the final sigma', 'ΝΙΚΟΣ', 'νικος'],
  ])('are the same to a reader whatever the %s', (_what, a, b) => {
    expect(foldNickname(a)).toBe(foldNickname(b));
  });

  it('differ when a reader sees a difference', () => {
    expect(foldNickname('Anna')).not.toBe(foldNickname('Ánna'));
  });
});
