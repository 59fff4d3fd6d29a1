import { randomBytes, randomInt } from 'node:crypto';

/** Randomness as the engine sees it; tests pass their own. */
export interface Random {
  /** Cryptographically strong bytes. */
  bytes(length: number): Uint8Array;
  /** A whole number in [min, max), cryptographically strong. */
  int(min: number, max: number): number;
}

export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  int: (min, max) => randomInt(min, max),
};

/**
 * A UUIDv7 (RFC 9562 §5.7): 48 bits of time in milliseconds, the rest random. With `tag` (two hex
 * digits) it ends in these, so that what belongs together shares the tag of its keys.
 */
export function uuidv7(now: number, random: Random, tag?: string): string {
  const bytes = random.bytes(16);
  let time = now;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  if (tag !== undefined) hex = hex.slice(0, 30) + tag;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The tag of an id: its last two hex digits. Ids with one tag live in one Redis slot. */
export function tagOf(id: string): string {
  return id.slice(-2);
}

/** All 256 tags. */
export const ALL_TAGS: readonly string[] = Array.from({ length: 256 }, (_, n) =>
  n.toString(16).padStart(2, '0'),
);
