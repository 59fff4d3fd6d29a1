import { useLayoutEffect, useRef } from 'preact/hooks';

interface Anchor {
  /** What is in view first, and what follows it, should that be gone afterwards. */
  readonly elements: readonly Element[];
  /** Where the first one was. */
  readonly top: number;
}

/**
 * Keeps what one reads where it is while something comes or goes above it. `states` are whatever changes
 * with the content: what is in view is measured before it is drawn anew, and put back behind it.
 */
export function useKeptPlace(selector: string, ...states: readonly unknown[]): void {
  const before = useRef(states);
  const anchor = useRef<Anchor | null>(null);
  if (before.current.some((state, index) => state !== states[index])) {
    anchor.current = inView(selector);
  }
  before.current = states;
  useLayoutEffect(() => {
    const { current } = anchor;
    anchor.current = null;
    const left = current?.elements.find(({ isConnected }) => isConnected);
    if (!current || !left) return;
    const moved = left.getBoundingClientRect().top - current.top;
    if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: 'instant' });
  }, states);
}

function inView(selector: string): Anchor | null {
  const head = document.querySelector('header')?.getBoundingClientRect().bottom ?? 0;
  for (const chunk of document.querySelectorAll('[data-chunk]')) {
    // Whole chunks first: what they hold is only laid out near the view.
    if (chunk.getBoundingClientRect().bottom <= head) continue;
    const elements = [...chunk.querySelectorAll(selector)];
    const first = elements.findIndex((element) => element.getBoundingClientRect().bottom > head);
    const top = elements[first]?.getBoundingClientRect().top;
    if (top !== undefined) return { elements: elements.slice(first), top };
  }
  return null;
}
