import { piecesOf } from './fold.js';

/** A text in which what was searched for stands out. */
export function Marked({ text, needle }: { readonly text: string; readonly needle: string }) {
  if (needle === '') return <>{text}</>;
  return (
    <>
      {piecesOf(text, needle).map(({ text: piece, isHit }, index) =>
        isHit ? <mark key={index}>{piece}</mark> : piece,
      )}
    </>
  );
}
