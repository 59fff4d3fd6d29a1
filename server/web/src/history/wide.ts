import { type ReadonlySignal, signal } from '@preact/signals';

const query = matchMedia('(min-width: 40rem)');
const matches = signal(query.matches);
query.addEventListener('change', () => {
  matches.value = query.matches;
});

/** Whether there is more than a phone's width. */
export const isWide: ReadonlySignal<boolean> = matches;
