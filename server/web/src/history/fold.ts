/** A text as a search compares it, and where each of its characters came from. */
interface Folded {
  readonly text: string;
  /** For each UTF-16 unit of `text` its place in the source; one more for the end. */
  readonly places: readonly number[];
}

/** Letters that are compared as others, beyond what decomposition takes away. */
const ALIKE: { readonly [letter: string]: string } = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
  ـ: '',
  ى: 'ي',
  ة: 'ه',
  ٱ: 'ا',
};

/** Without case, accents, vowel signs, marks of direction and the width of spaces. */
export function fold(text: string): string {
  return withPlaces(text).text;
}

export interface Piece {
  readonly text: string;
  readonly isHit: boolean;
}

/** The text in pieces: what fits the needle (folded, not empty) and what stands between. */
export function piecesOf(text: string, needle: string): readonly Piece[] {
  const folded = withPlaces(text);
  const pieces: Piece[] = [];
  let done = 0;
  let from = folded.text.indexOf(needle);
  while (needle !== '' && from >= 0) {
    const to = from + needle.length;
    const start = folded.places[from] ?? text.length;
    const end = folded.places[to] ?? text.length;
    if (start > done) pieces.push({ text: text.slice(done, start), isHit: false });
    if (end > start) pieces.push({ text: text.slice(Math.max(start, done), end), isHit: true });
    done = Math.max(done, end);
    from = folded.text.indexOf(needle, to);
  }
  if (done < text.length) pieces.push({ text: text.slice(done), isHit: false });
  return pieces;
}

function withPlaces(source: string): Folded {
  let text = '';
  const places: number[] = [];
  let place = 0;
  for (const letter of source) {
    const plain = foldLetter(letter);
    for (let unit = 0; unit < plain.length; unit += 1) places.push(place);
    text += plain;
    place += letter.length;
  }
  places.push(source.length);
  return { text, places };
}

function foldLetter(letter: string): string {
  if (letter >= '!' && letter <= '~') return letter.toLowerCase();
  const plain = letter
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase();
  if (/^\s+$/.test(plain)) return ' ';
  return ALIKE[plain] ?? plain;
}
