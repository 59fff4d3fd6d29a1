import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

let isFirstView = true;

/**
 * Moves the focus to what a new view begins with, so that whoever does not see the page knows of it. Not on the
 * first one: there the browser itself begins at the top.
 */
export function useFocusOnShow<E extends HTMLElement>(view: string): RefObject<E | null> {
  const place = useRef<E>(null);
  useEffect(() => {
    if (!isFirstView) place.current?.focus();
    isFirstView = false;
  }, [view]);
  return place;
}
