/**
 * Which tab a key leads to, from the one at `at` of `length`, round and round; null: it is no key of tabs
 * (the ARIA practices' tabs: one stop for the keyboard, arrows go from tab to tab). The arrow that points
 * on leads on: in Arabic that is the left one.
 */
export function tabPlaceFor(key: string, at: number, length: number): number | null {
  const isMirrored = document.documentElement.dir === 'rtl';
  if (key === (isMirrored ? 'ArrowLeft' : 'ArrowRight')) return (at + 1) % length;
  if (key === (isMirrored ? 'ArrowRight' : 'ArrowLeft')) return (at + length - 1) % length;
  if (key === 'Home') return 0;
  return key === 'End' ? length - 1 : null;
}
