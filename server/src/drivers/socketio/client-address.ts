/** The client's address, told from that of the connection and what proxies have written. */
export type AddressOf = (remoteAddress: string, headerOf: HeaderOf) => string;

/** A request's header by its lower-case name; undefined when there is none. */
export type HeaderOf = (name: string) => string | undefined;

/**
 * Where the clients of upgrades are: judged once, while all lines of a header are at hand. Engine.IO
 * keeps the request, but on uWebSockets.js only the last line of each header.
 */
const addresses = new WeakMap<object, string>();

/** Remembers the address with the request that Engine.IO gets. */
export function noteAddress(request: object, address: string): void {
  addresses.set(request, address);
}

export function notedAddress(request: object | null): string {
  return (request && addresses.get(request)) ?? '';
}
