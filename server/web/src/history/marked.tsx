import type { ComponentChildren } from 'preact';
import { piecesOf } from './fold.js';

/**
 * A text in which what was searched for stands out. A function, not a component: a history has tens of
 * thousands of texts, and a component costs more than all that is in it.
 */
export function marked(text: string, needle: string): ComponentChildren {
  if (needle === '') return text;
  return piecesOf(text, needle).map(({ text: piece, isHit }, index) =>
    isHit ? <mark key={index}>{piece}</mark> : piece,
  );
}
