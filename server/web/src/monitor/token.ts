import { signal } from '@preact/signals';
import { openStorage } from '../ui/page-storage.js';

const KEPT_AS = 'pinroom:operator-token';
const storage = openStorage('sessionStorage');

/** The operator's token; null: it has to be asked for. It ends with the tab, and is in no address. */
export const token = signal<string | null>(storage.getItem(KEPT_AS));

export function keepToken(wanted: string): void {
  storage.setItem(KEPT_AS, wanted);
  token.value = wanted;
}

export function forgetToken(): void {
  storage.removeItem(KEPT_AS);
  token.value = null;
}
