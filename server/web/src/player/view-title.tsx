import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

let isFirstView = true;

interface ViewTitleProps {
  readonly children: ComponentChildren;
  /** Something else of the view takes the focus. */
  readonly leavesFocus?: boolean;
  /** For the window and the list of tabs; the page's name where there is none. */
  readonly windowTitle?: string;
}

/** The heading of a view. Who comes from another view is led to it: the focus was on what is gone now. */
export function ViewTitle({ children, leavesFocus = false, windowTitle }: ViewTitleProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirstView && !leavesFocus) heading.current?.focus();
    isFirstView = false;
    // Once: while one types, the focus stays.
  }, []);
  useEffect(() => {
    document.title = windowTitle ? `${windowTitle} · Pinroom` : 'Pinroom';
  }, [windowTitle]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** Whether one types with a keyboard of one's own: then a field may take the focus by itself. */
export function hasFinePointer(): boolean {
  return !matchMedia('(pointer: coarse)').matches;
}
