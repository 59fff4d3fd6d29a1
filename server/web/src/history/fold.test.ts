import { describe, expect, it } from 'vitest';
import { fold, piecesOf } from './fold.js';

describe('a text as a search compares it', () => {
  it('has neither case nor accents, in any script', () => {
    expect(fold('CRÈME Brûlée')).toBe('creme brulee');
    expect(fold('Straße, Łódź, Ærø')).toBe('strasse, lodz, aero');
    expect(fold('أَهْلًا بِكُمْ في المدرسة')).toBe(fold('اهلا بكم في المدرسه'));
    expect(fold('a\u00a0b\u2003c')).toBe('a b c');
    expect(fold('\u2068Grace\u2069 left')).toBe('grace left');
  });

  it('is the same for plain and for other letters beside each other', () => {
    expect(fold('Plain Text 1!')).toBe(fold('Plain Text 1!é').slice(0, -1));
  });
});

describe('the hits in a text', () => {
  const hits = (text: string, needle: string) =>
    piecesOf(text, fold(needle)).map((piece) => (piece.isHit ? `[${piece.text}]` : piece.text));

  it('are given as they are written', () => {
    expect(hits('Eine Crème brûlée, bitte', 'creme')).toEqual([
      'Eine ',
      '[Crème]',
      ' brûlée, bitte',
    ]);
    expect(hits('aXbxc', 'x')).toEqual(['a', '[X]', 'b', '[x]', 'c']);
    expect(hits('nothing', 'x')).toEqual(['nothing']);
    expect(hits('whole', 'WHOLE')).toEqual(['[whole]']);
  });

  it('keep what belongs to their last letter', () => {
    expect(hits('cafe\u0301 au lait', 'cafe')).toEqual(['[cafe\u0301]', ' au lait']);
    expect(hits('🎉 party', 'party')).toEqual(['🎉 ', '[party]']);
  });

  it('never lose or double a letter', () => {
    for (const text of ['Straße', 'Maßstab ẞ', 'ﬁne', 'الـــسلام']) {
      for (const needle of ['s', 'ss', 'i', 'ا', 'st']) {
        const joined = piecesOf(text, needle).map((piece) => piece.text);
        expect(joined.join('')).toBe(text);
      }
    }
  });
});
