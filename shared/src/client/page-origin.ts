/** Where a page comes from, which is where its server is. */
export function pageOrigin(): string {
  const { location } = globalThis as { location?: { origin: string } };
  if (!location) throw new TypeError('Outside of a page the client needs a `url`.');
  return location.origin;
}
