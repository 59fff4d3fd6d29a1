/** The room that an address (`/rooms/<id>`) is about; null: it names none. */
export function roomIdIn(pathname: string): string | null {
  const [, encoded] = /^\/rooms\/([^/]+)\/?$/.exec(pathname) ?? [];
  if (encoded === undefined) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}
