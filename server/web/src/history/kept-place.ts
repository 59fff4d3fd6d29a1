import { useLayoutEffect, useRef } from 'preact/hooks';

interface Anchor {
  readonly element: Element;
  readonly top: number;
}

/**
 * Keeps what one reads where it is while something comes in above it. `state` is whatever changes with
 * the content: what was in view is measured before it is drawn anew, and put back behind it.
 */
export function useKeptPlace(selector: string, state: unknown): void {
  const before = useRef<unknown>(state);
  const anchor = useRef<Anchor | null>(null);
  if (before.current !== state) anchor.current = firstInView(selector);
  before.current = state;
  useLayoutEffect(() => {
    const { current } = anchor;
    anchor.current = null;
    if (!current?.element.isConnected) return;
    const moved = current.element.getBoundingClientRect().top - current.top;
    if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: 'instant' });
  }, [state]);
}

function firstInView(selector: string): Anchor | null {
  const head = document.querySelector('header')?.getBoundingClientRect().bottom ?? 0;
  for (const chunk of document.querySelectorAll('[data-chunk]')) {
    // Whole chunks first: what they hold is only laid out near the view.
    if (chunk.getBoundingClientRect().bottom <= head) continue;
    for (const element of chunk.querySelectorAll(selector)) {
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom > head) return { element, top };
    }
  }
  return null;
}
