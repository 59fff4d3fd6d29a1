import { LIMITS } from '../limits.js';

const SEPARATORS = /[\s\p{Pd}\p{Cf}._]/gu;
const PIN = new RegExp(`^[1-9][0-9]{${LIMITS.pinMinLength - 1},${LIMITS.pinMaxLength - 1}}$`);

/**
 * [CLIENT-14] The PIN in what a person typed: without spaces and dashes, with the digits of any script
 * (full-width, Arabic, Devanagari …) as ASCII. Null: that cannot be a PIN.
 */
export function normalisePin(typed: string): string | null {
  const digits = typed
    .normalize('NFKC')
    .replace(SEPARATORS, '')
    .replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)));
  return PIN.test(digits) ? digits : null;
}

/** In Unicode the ten digits of a script lie side by side, 0 first. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return value;
}
