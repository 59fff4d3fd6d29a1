import type { ClientInfo } from './client-info.port.js';

const MAX_ADDRESS = 64;
const MAX_USER_AGENT = 200;
/** Control and format characters, line separators, halves of characters: all that could play tricks where it is shown. */
const TRICKY = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What a client says of itself, fit to be kept and shown: a header holds whatever its sender likes. */
export function cleanClient({ address, userAgent }: ClientInfo): ClientInfo {
  return { address: clean(address, MAX_ADDRESS), userAgent: clean(userAgent, MAX_USER_AGENT) };
}

function clean(text: string, max: number): string {
  // Once more after the cut, which may have halved a character.
  return text.replace(TRICKY, '').slice(0, max).replace(TRICKY, '');
}
