/** What outlives a reload of this tab, and nothing more. Where storage is off, it lasts as long as the page. */
const fallback = new Map<string, string>();

const PREFIX = 'pinroom:host:';

export function remember(name: string, value: unknown): void {
  const text = JSON.stringify(value);
  fallback.set(name, text);
  try {
    sessionStorage.setItem(PREFIX + name, text);
  } catch {
    // The page itself remembers.
  }
}

/** As it was remembered; null: nothing was. What is read is to be checked by who reads it. */
export function recall(name: string): unknown {
  try {
    const text = sessionStorage.getItem(PREFIX + name) ?? fallback.get(name);
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

export function forget(name: string): void {
  fallback.delete(name);
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch {
    // Then it was not there either.
  }
}
