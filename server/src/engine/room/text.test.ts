import { describe, expect, it } from 'vitest';
import { AppError } from '../runtime/app-error.js';
import { foldNickname, normaliseNickname } from './text.js';

describe('nicknames', () => {
  it('are kept composed, trimmed and with single spaces', () => {
    expect(normaliseNickname('  Zoe\u0308   K. ')).toBe('Zoë K.');
  });

  it.each([
    ['spaces', '   '],
    ['zero-width characters', '\u200b\u200d'],
    ['a soft hyphen', '\u2060 \u00ad'],
    ['empty Braille patterns', '\u2800\u2800'],
    ['notes without a head', '\u{1d159}'],
    ['placeholders of objects', '\ufffc'],
    ['blanks between hieroglyphs', '\u{13441}\u{13442}'],
    ['private characters', '\ue000\u{f0000}\u{10fffd}'],
    ['what is no character', '\uffff\ufdd0\u{50005}'],
  ])('need something that can be seen, and %s are not', (_what, nickname) => {
    expect(() => normaliseNickname(nickname)).toThrow(AppError);
  });

  it.each(['🦊', '🇩🇪', '❤️', '👩‍💻', '李', 'ᚠ', '!'])('may be %s alone', (nickname) => {
    expect(normaliseNickname(nickname)).toBe(nickname);
  });

  it.each([
    ['case', 'ANNA', 'anna'],
    ['full-width letters', 'Ａnna', 'anna'],
    ['zero-width characters', 'an\u200bna', 'anna'],
    ['characters without ink', 'an\u2800na\ufffc', 'an\ue000na\uffff'],
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
