import { describe, expect, it } from 'vitest';
import { LOOK_ALIKES } from './look-alike-letters.js';
import { looksOf } from './look-alikes.js';
import { foldNickname } from './text.js';

function lookAlike(a: string, b: string): boolean {
  const looks = looksOf(a);
  return looksOf(b).some((look) => looks.includes(look));
}

describe('two nicknames look alike', () => {
  it.each([
    ['with Cyrillic letters', 'Marie', 'M\u0430r\u0456\u0435'],
    ['with Cyrillic capitals', 'Marie', '\u041c\u0410RI\u0415'],
    ['in capitals with a Cyrillic one', 'Hugo', '\u041dUGO'],
    [
      'with a letter that is like another one in one case only, and one in the other',
      'hugov',
      '\u041dugo\u03bd',
    ],
    ['with Greek letters', 'Victor', '\u03bdict\u03bfr'],
    ['with Greek capitals', 'Anton', '\u0391\u039d\u03a4\u039f\u039d'],
    ['with l for I', 'Ian', 'lan'],
    ['with I for l', 'Paula', 'PauIa'],
    ['with 1 for l', 'Paula', 'Pau1a'],
    ['with | for l', 'Paula', 'Pau|a'],
    ['with l for I in capitals', 'VIKTOR', 'VlKTOR'],
    ['in capitals with 0 for O', 'Viktor', 'VIKT0R'],
    ['in small letters with 1 and 0', 'Paula Otto', 'pau1a 0tto'],
    ['with 0 for O', 'Hugo', 'Hug0'],
    ['with rn for m', 'Emma', 'Ernrna'],
    ['with vv for w', 'William', 'VVilliam'],
    ['with other accents', 'Zoë', 'Zoé'],
    ['without accents', 'André', 'Andre'],
    ['with a stroke through a letter', 'Lukas', 'Łukas'],
    ['with spaces', 'Hugo', 'H u g o'],
    ['with a space less', 'Ms Lee', 'MsLee'],
    ['with signs between', 'Hugo', 'H.u-g_o!'],
    ['with invisible characters', 'Hugo', 'Hu\u200bg\u2060o'],
    ['with a soft hyphen and a direction mark', 'Hugo', '\u202eHu\u00adgo'],
    ['with full-width letters', 'Hugo', 'Ｈｕｇｏ'],
    ['with mathematical letters', 'Hugo', '𝓗𝓾𝓰𝓸'],
    ['with letters in circles', 'Hugo', 'Ⓗⓤⓖⓞ'],
    ['with filled circles', 'Hugo', '🅗🅤🅖🅞'],
    ['with squares', 'Hugo', '🄷🅄🄶🄾'],
    ['with filled squares', 'Hugo', '🅷🆄🅶🅾'],
    ['with the letters of flags', 'Hugo', '🇭🇺🇬🇴'],
    ['with small capitals', 'Hugo', 'ʜᴜɢᴏ'],
    ['with a capital and small ones', 'Hugo', 'Hᴜɢᴏ'],
    ['with small capitals that are not like their small letters', 'Tim Larsen', 'ᴛɪᴍ ʟᴀʀꜱᴇɴ'],
    ['with raised small capitals', 'Nils', 'ᶰᶦᶫs'],
    ['with Cyrillic letters amid small capitals', 'Hugo', '\u043dᴜɢᴏ'],
    ['with an empty Braille pattern', 'Hugo', 'Hugo\u2800'],
    ['with a note without a head', 'Hugo', 'Hu\u{1d159}go'],
    ['with a placeholder and private characters', 'Hugo', '\ufffcHu\ue000g\u{10fffd}o'],
    ['with what is no character', 'Hugo', 'Hug\uffffo\u{50005}'],
    ['with a ligature', 'Fiona', 'ﬁona'],
    ['with a letter of phonetics', 'Anna', '\u0251nna'],
    ['with letters of the Lisu script', 'Roxy', '\ua4e3\ua4f3\ua4eb\ua4ec'],
    ['in Cyrillic with Latin letters', 'Виктор', 'викт\u006f\u0070'],
    ['in Cyrillic capitals with Latin letters', 'Виктор', '\u0042И\u004b\u0054\u004f\u0050'],
    ['in Greek with a Latin letter', 'Νίκος', 'νικ\u006fς'],
    ['with several of these', 'Ms. Wallace', '\u041c\u0455VV\u0430Il\u0430\u0441\u0435'],
  ])('%s', (_what, host, player) => {
    expect(lookAlike(host, player)).toBe(true);
    expect(lookAlike(player, host)).toBe(true);
  });

  it('whenever they are the same to a reader', () => {
    for (const [a, b] of [
      ['STRASSE', 'straße'],
      ['ΝΙΚΟΣ', 'νικος'],
      ['ﬁnn', 'FINN'],
      ['Ａnna', 'an\u200bna'],
    ] as const) {
      expect(foldNickname(a)).toBe(foldNickname(b));
      expect(lookAlike(a, b)).toBe(true);
    }
  });
});

describe('two nicknames do not look alike', () => {
  it.each([
    ['Hugo', 'Hugh'],
    ['Hugo', 'Hugo 2'],
    ['Hugo', 'Hugo B.'],
    ['Anna', 'Hanna'],
    ['Clara', 'Ciara'],
    ['Maria', 'Marla'],
    ['Carl', 'Cari'],
    ['Mia', 'Mla'],
    ['Виктор', 'Виктория'],
    ['李雷', '李雪'],
    ['محمد', 'محمود'],
    ['🦊', '🐼'],
    ['🦊 Max', 'Max'],
    ['🇩🇪', '🇫🇷'],
    ['🇩🇪 Max', 'Max'],
    ['Нина', 'Hnna'],
    // Nothing is left of them, which is nothing in common.
    ['!!!', '???'],
    ['…', '...'],
  ])('%s and %s', (a, b) => {
    expect(lookAlike(a, b)).toBe(false);
  });
});

describe('the table of look-alikes', () => {
  const looks = LOOK_ALIKES.map(([look]) => look);
  const letters = LOOK_ALIKES.flatMap(([, all]) => [...all]);

  it('gives every letter one look, and no look another one', () => {
    expect(letters.length).toBeGreaterThan(800);
    expect(new Set(letters).size).toBe(letters.length);
    const final = looks.filter((look) => [...look].some((letter) => letters.includes(letter)));
    expect(final).toEqual([]);
  });

  it('has nothing that is passed over, and nothing written from right to left', () => {
    for (const letter of letters) {
      expect(letter).toMatch(/[\p{L}\p{N}\p{S}]/u);
      expect(letter).not.toMatch(/[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Nko}]/u);
    }
  });
});
