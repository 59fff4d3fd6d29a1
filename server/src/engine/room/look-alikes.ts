import { LOOK_ALIKES } from './look-alike-letters.js';

/** What looks like another → what it looks like. */
const LOOK_OF: ReadonlyMap<string, string> = new Map(
  LOOK_ALIKES.flatMap(([look, letters]) =>
    [...letters].map((letter): [string, string] => [letter, look]),
  ),
);
/** Accents and what takes no place on a screen. */
const UNSEEN = /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
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
  const skeletons = [
    skeletonOf(nickname).toLowerCase(),
    skeletonOf(nickname.toLowerCase()).toLowerCase(),
    skeletonOf(nickname.toUpperCase()),
  ];
  return [...new Set(skeletons)].filter((skeleton) => skeleton !== '');
}

function skeletonOf(text: string): string {
  const letters = text.normalize('NFKD').replace(UNSEEN, '');
  return (
    Array.from(letters, (letter) => LOOK_OF.get(letter) ?? letter)
      .join('')
      .replace(PASSED_OVER, '')
      // Which the data does not say, as it says rn of m.
      .replaceAll('w', 'vv')
      .replaceAll('W', 'VV')
  );
}
