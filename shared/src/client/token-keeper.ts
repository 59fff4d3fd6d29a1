/** The part of `localStorage` that is used; anything with these three works. */
export interface TokenStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const KEY = 'pinroom:refresh-token';

/**
 * Keeps the refresh token: in memory, and in the storage where there is one. Storages throw when they
 * are full or forbidden; the session then lives as long as the page.
 */
export class TokenKeeper {
  readonly #storage: TokenStorage | null;
  #token: string | null = null;

  constructor(storage: TokenStorage | null) {
    this.#storage = storage;
  }

  /** What another tab has stored meanwhile counts: it is newer. */
  read(): string | null {
    try {
      return this.#storage?.getItem(KEY) ?? this.#token;
    } catch {
      return this.#token;
    }
  }

  write(token: string): void {
    this.#token = token;
    try {
      this.#storage?.setItem(KEY, token);
    } catch {
      // Memory has it.
    }
  }

  clear(): void {
    this.#token = null;
    try {
      this.#storage?.removeItem(KEY);
    } catch {
      // Then the next page finds a token that is refused, and starts anew.
    }
  }
}
