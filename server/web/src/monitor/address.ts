import { computed, signal } from '@preact/signals';

const ROOM = /^#room=([\w-]+)$/;

const hash = signal(location.hash);
let left: string | null = null;

addEventListener('hashchange', () => {
  left = shownRoom.peek();
  hash.value = location.hash;
});

/** The room that the address names; null: the overview. */
export const shownRoom = computed(() => ROOM.exec(hash.value)?.[1] ?? null);

/** The room that was shown until the address changed; null: it was the overview. */
export function lastRoom(): string | null {
  return left;
}

export function addressOfRoom(id: string): string {
  return `#room=${id}`;
}
