export type MarkLevel = 'good' | 'info' | 'warn' | 'bad';

/** Each level has a shape of its own: a tick, a dot, a triangle, a cross. */
const PATHS: { readonly [L in MarkLevel]: string } = {
  good: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12.500l2.800 2.800L16 9.500',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11.500V16M12 8h.01',
  warn: 'M12 4 2.500 20h19zM12 10v4.500M12 17.200h.01',
  bad: 'M8.300 3h7.400L21 8.300v7.400L15.700 21H8.300L3 15.700V8.300zM9 9l6 6M15 9l-6 6',
};

/** Decoration: the word stands beside it. */
export function LevelMark({ level }: { readonly level: MarkLevel }) {
  return (
    <svg class={`icon mark mark-${level}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[level]} />
    </svg>
  );
}
