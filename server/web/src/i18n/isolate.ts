/**
 * A name or title to stand in a sentence of the page: whichever way it is written, it does not turn the
 * words around it (Unicode's isolates).
 */
export function isolate(text: string | number): string {
  return `\u2068${text}\u2069`;
}
