import type { Random } from '../runtime/random.js';

const CANDIDATES = 8;

/**
 * Candidates for a new PIN: eight for each length, from a CSPRNG, none with a leading zero (people
 * and spreadsheets drop it).
 */
export function pinCandidates(minLength: number, maxLength: number, random: Random): string[][] {
  const lengths: string[][] = [];
  for (let length = minLength; length <= maxLength; length++) {
    const low = 10 ** (length - 1);
    lengths.push(Array.from({ length: CANDIDATES }, () => String(random.int(low, 10 * low))));
  }
  return lengths;
}
