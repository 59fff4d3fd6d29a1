import { LIMITS, normalisePin } from '@pinroom/client';

/** What stands in the field of the PIN. */
export interface TypedPin {
  /** The digits so far, as ASCII. */
  readonly digits: string;
  /** It came as a room's link: nothing is left to type. */
  readonly isLink: boolean;
}

/** The PIN in a room's address (`/r/123456`, or a whole link); null: there is none. */
export function pinOfAddress(address: string): string | null {
  const found = /(?:^|\/)r\/([^/?#\s]+)/.exec(address)?.[1];
  if (found === undefined) return null;
  try {
    return normalisePin(decodeURIComponent(found));
  } catch {
    return null;
  }
}

/** Reads what was typed or pasted: digits of any script, spaces and dashes between them, or a link. */
export function readTyped(text: string): TypedPin {
  const linked = pinOfAddress(text);
  if (linked !== null) return { digits: linked, isLink: true };
  const digits = [...text].map(digitOf).join('').slice(0, LIMITS.pinMaxLength);
  return { digits, isLink: false };
}

/** The library reads whole PINs only: one digit more behind the shortest one is read as it would be there. */
function digitOf(character: string): string {
  const shortest = '1'.repeat(LIMITS.pinMinLength);
  return normalisePin(`${shortest}${character}`)?.slice(shortest.length) ?? '';
}
