import type { ComponentChildren, Ref } from 'preact';

interface ScrollRegionProps {
  readonly label: string;
  readonly kind?: 'log-list';
  readonly place?: Ref<HTMLElement>;
  readonly onScroll?: () => void;
  readonly children: ComponentChildren;
}

/** Wide and long things scroll within themselves, by keys too; the page does not. */
export function ScrollRegion({ label, kind, place, onScroll, children }: ScrollRegionProps) {
  return (
    <section
      ref={place ?? null}
      class={kind ? `scroll-region ${kind}` : 'scroll-region'}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has keys alone scrolls with them.
      tabIndex={0}
      onScroll={onScroll}
    >
      {children}
    </section>
  );
}
