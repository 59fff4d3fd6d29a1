import type { TokenStorage } from '@pinroom/client';

/** Storage that may be full, forbidden or absent: then what is kept lives as long as the page. */
export type PageStorage = TokenStorage;

/** `localStorage` lives with the browser, `sessionStorage` with the tab. */
export function openStorage(name: 'localStorage' | 'sessionStorage'): PageStorage {
  try {
    return new SafeStorage(globalThis[name]);
  } catch {
    return new SafeStorage(null);
  }
}

class SafeStorage implements PageStorage {
  readonly #storage: PageStorage | null;
  readonly #memory = new Map<string, string>();

  constructor(storage: PageStorage | null) {
    this.#storage = storage;
  }

  getItem(key: string): string | null {
    try {
      return this.#storage?.getItem(key) ?? this.#memory.get(key) ?? null;
    } catch {
      return this.#memory.get(key) ?? null;
    }
  }

  setItem(key: string, value: string): void {
    this.#memory.set(key, value);
    try {
      this.#storage?.setItem(key, value);
    } catch {
      // Memory has it.
    }
  }

  removeItem(key: string): void {
    this.#memory.delete(key);
    try {
      this.#storage?.removeItem(key);
    } catch {
      // What cannot be written was not kept.
    }
  }
}

/** An object that was kept as JSON; null: nothing, or nothing that can be read. */
export function readKept(storage: PageStorage, key: string): { [field: string]: unknown } | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? 'null');
    return typeof kept === 'object' && kept !== null ? { ...kept } : null;
  } catch {
    return null;
  }
}
