import { signal } from '@preact/signals';

const KEPT_AS = 'pinroom:operator-token';

/** The operator's token; null: it has to be asked for. It ends with the tab, and is in no address. */
export const token = signal<string | null>(keptToken());

export function keepToken(wanted: string): void {
  try {
    sessionStorage.setItem(KEPT_AS, wanted);
  } catch {
    // Then it holds until the page is loaded again.
  }
  token.value = wanted;
}

export function forgetToken(): void {
  try {
    sessionStorage.removeItem(KEPT_AS);
  } catch {
    // Nothing was kept.
  }
  token.value = null;
}

function keptToken(): string | null {
  try {
    return sessionStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}
