/** Dashes of the lines, by slot: with the colours of `--line-<slot>` each line has two signs of its own. */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [14, 4],
  [5, 3],
  [10, 3, 2, 3, 2, 3],
  [1, 4],
];

/** A custom property of the page as it is now: it differs with the theme. */
export function styleValue(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
