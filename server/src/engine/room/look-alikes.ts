import { withoutInvisible } from './invisible.js';
import { LOOK_ALIKES } from './look-alike-letters.js';
import { plainLetters } from './plain-letters.js';

/** What looks like another → what it looks like. */
const LOOK_OF: ReadonlyMap<string, string> = new Map(
  LOOK_ALIKES.flatMap(([look, letters]) =>
    // Of some small letters the table says that they look like small capitals.
    [...letters].map((letter): [string, string] => [letter, plainLetters(look)]),
  ),
);
const ACCENTS = /\p{M}/gu;
/** Spaces and signs that a reader passes over. Emoji and the like are none of them. */
const PASSED_OVER = /[\p{Z}\p{P}\p{Sk}\p{Sm}]/gu;

/**
 * What a nickname may be taken for: its skeletons (Unicode Technical Standard #39). Nicknames that share
 * one look alike. Case makes no difference, and yet letters look alike in one case and not in the other:
 * so there is one skeleton of the nickname as it is written, one of its small letters and one of its
 * capitals. The last one keeps its case, where I is like l and L is not: Clara is not like Ciara.
 * None: the nickname is all signs that are passed over.
 */
export function looksOf(nickname: string): readonly string[] {
  // Before case is looked at: what shows a capital is one.
  const letters = plainLetters(nickname.normalize('NFKD'));
  const skeletons = [
    skeletonOf(letters).toLowerCase(),
    skeletonOf(letters.toLowerCase()).toLowerCase(),
    skeletonOf(letters.toUpperCase()),
  ];
  return [...new Set(skeletons)].filter((skeleton) => skeleton !== '');
}

function skeletonOf(text: string): string {
  const letters = withoutInvisible(text.normalize('NFKD')).replace(ACCENTS, '');
  return (
    Array.from(letters, (letter) => LOOK_OF.get(letter) ?? letter)
      .join('')
      .replace(PASSED_OVER, '')
      // Which the data does not say, as it says rn of m.
      .replaceAll('w', 'vv')
      .replaceAll('W', 'VV')
  );
}
