/** How many characters the longest word of these texts has: so wide a line has to be for none to be broken. */
export function longestWord(...texts: readonly string[]): number {
  const words = texts.flatMap((text) => text.split(/[\s-]+/u));
  return Math.max(1, ...words.map((word) => [...word].length));
}
