import type { ComponentChildren } from 'preact';

interface ScrollRegionProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

/** Wide things scroll within themselves, by keys too; the page does not. */
export function ScrollRegion({ label, children }: ScrollRegionProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has keys alone scrolls it with them.
    <section class="scroll-region" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
