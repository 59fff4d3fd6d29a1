import type { House } from './load-counts.js';

const GIB = 1_073_741_824;
const MIB = 1_048_576;

export const number = (value: number, decimals = 0) =>
  value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
/** Bytes. */
export const size = (bytes: number) =>
  bytes < GIB
    ? `${number(bytes / MIB)} MiB`
    : `${number(bytes / GIB, bytes < 10 * GIB ? 1 : 0)} GiB`;
/** So many times what it may be. */
export const times = (share: number) => `${number(share, share < 0.1 ? 2 : share < 10 ? 1 : 0)} ×`;
export const percent = (share: number) => `${number(100 * share)} %`;

export function houseWords({ masters, nodes }: House): string {
  const redis = masters === 1 ? 'one Redis' : `${masters} masters`;
  return `${nodes} ${nodes === 1 ? 'node' : 'nodes'}, ${redis}`;
}
