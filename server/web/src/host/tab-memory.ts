import { openStorage } from '../ui/page-storage.js';

/** What outlives a reload of this tab, and nothing more. Where storage is off, it lasts as long as the page. */
const storage = openStorage('sessionStorage');

const PREFIX = 'pinroom:host:';

export function remember(name: string, value: unknown): void {
  storage.setItem(PREFIX + name, JSON.stringify(value));
}

/** As it was remembered; null: nothing was. What is read is to be checked by who reads it. */
export function recall(name: string): unknown {
  try {
    return JSON.parse(storage.getItem(PREFIX + name) ?? 'null');
  } catch {
    return null;
  }
}

export function forget(name: string): void {
  storage.removeItem(PREFIX + name);
}
