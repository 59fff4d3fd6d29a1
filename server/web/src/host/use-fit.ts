import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Nothing gets smaller than this share of its largest size: from there on one scrolls. */
const SMALLEST = 0.36;
/** Halvings between the smallest and the largest: enough to miss the best by a hundredth. */
const STEPS = 6;

/**
 * Lets what is in an element of fixed height be as large as it can be without scrolling: style sheets
 * multiply their largest sizes by `--fit`, which is 1 where there is room for them. Where the element grows
 * with what is in it, it is always 1. `kind`: something that changes all sizes, such as the language.
 */
export function useFit<E extends HTMLElement>(kind: string): RefObject<E | null> {
  const element = useRef<E>(null);
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    let frame = 0;
    fit(current);
    const contents = new MutationObserver(() => fit(current));
    contents.observe(current, { childList: true, subtree: true });
    const size = new ResizeObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => fit(current));
    });
    size.observe(current);
    return () => {
      contents.disconnect();
      size.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [kind]);
  return element;
}

function fit(element: HTMLElement): void {
  const fits = (scale: number) => {
    element.style.setProperty('--fit', `${scale}`);
    return element.scrollHeight <= element.clientHeight + 1;
  };
  if (fits(1)) return;
  let [low, high] = [SMALLEST, 1];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  fits(low);
}
