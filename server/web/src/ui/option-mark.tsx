/** What tells the options of a question apart without colour: each has a shape and a letter. */
const SHAPES = [
  'M12 3 22 21H2z',
  'M12 2 22 12 12 22 2 12z',
  'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z',
  'M3 3h18v18H3z',
  'm12 1.5 3.2 6.9 7.3.9-5.4 5.1 1.4 7.4L12 18l-6.500 3.8 1.400-7.400L1.500 9.300l7.300-.900z',
  'M7 3h10l5 9-5 9H7l-5-9z',
] as const;

/** A, B, C … of an option, counted from 0. */
export function optionLetter(index: number): string {
  return String.fromCharCode(65 + index);
}

export function OptionMark({ index }: { readonly index: number }) {
  return (
    <svg class="option-mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d={SHAPES[index] ?? SHAPES[0]} fill="currentColor" />
    </svg>
  );
}
