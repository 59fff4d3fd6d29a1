/** The value of `Retry-After` for a wait in milliseconds: whole seconds, one at least. */
export function retryAfter(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1_000)));
}
