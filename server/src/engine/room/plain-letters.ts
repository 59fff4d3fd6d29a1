/**
 * What are letters in another dress and have neither a compatibility form nor a line in
 * confusables.txt: the capitals they show. From the names of the Unicode Character Database 17.0
 * (LATIN LETTER SMALL CAPITAL H, NEGATIVE SQUARED LATIN CAPITAL LETTER H, REGIONAL INDICATOR SYMBOL
 * LETTER H).
 */
const SMALL_CAPITALS: readonly (readonly [capital: string, letters: string])[] = [
  ['A', 'ᴀ'],
  ['AE', 'ᴁ'],
  ['B', 'ʙᴃ'],
  ['C', 'ᴄ'],
  ['D', 'ᴅᴆ'],
  ['E', 'ᴇ'],
  ['F', 'ꜰ'],
  ['G', 'ɢʛ'],
  ['H', 'ʜ'],
  ['I', 'ɪꞮ'],
  ['J', 'ᴊ'],
  // The last one is no capital by name; confusables.txt has it for the small capital and for к.
  ['K', 'ᴋĸ'],
  ['L', 'ʟᴌ'],
  // As above, for м.
  ['M', 'ᴍʍ'],
  ['N', 'ɴ'],
  ['O', 'ᴏ'],
  ['OE', 'ɶ'],
  ['P', 'ᴘ'],
  ['Q', 'ꞯ'],
  ['R', 'ʀꭆ'],
  ['S', 'ꜱ'],
  ['T', 'ᴛ'],
  ['U', 'ᴜ'],
  ['V', 'ᴠ'],
  ['W', 'ᴡ'],
  ['Y', 'ʏ'],
  ['Z', 'ᴢ'],
];
/** Where A stands in rows of A to Z: negative circled, negative squared, regional indicators. */
const ROWS = [0x1f150, 0x1f170, 0x1f1e6];
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A letter in another dress → the capitals that it shows. */
const PLAIN: ReadonlyMap<string, string> = new Map([
  ...SMALL_CAPITALS.flatMap(([capital, letters]) =>
    Array.from(letters, (letter): [string, string] => [letter, capital]),
  ),
  ...ROWS.flatMap((first) =>
    Array.from(CAPITALS, (capital, n): [string, string] => [
      String.fromCodePoint(first + n),
      capital,
    ]),
  ),
]);

/** The text with capitals for letters in another dress; their small letters are for the caller. */
export function plainLetters(text: string): string {
  return Array.from(text, (letter) => PLAIN.get(letter) ?? letter).join('');
}
