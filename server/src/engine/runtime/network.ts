/** IPv4 addresses within IPv6: `::ffff:a.b.c.d`, however it is spelled. */
const MAPPED = [0, 0, 0, 0, 0, 0xffff];

/** An address as it is shown and compared: one of IPv4 in the clothes of IPv6 is one of IPv4. */
export function plainAddress(address: string): string {
  const groups = groupsOf(address);
  const [high, low] = [groups?.[6], groups?.[7]];
  const isMapped = groups && MAPPED.every((group, n) => groups[n] === group);
  if (!isMapped || high === undefined || low === undefined) return address;
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/**
 * The network that limits per address count by: an IPv4 address, or the first 64 bits of an IPv6
 * address, as one household or one phone has all of them. What is no address is `unknown`.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (/^[0-9.]{7,15}$/.test(plain)) return plain;
  const groups = groupsOf(plain);
  if (!groups) return 'unknown';
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of an IPv6 address; null for anything else. */
function groupsOf(address: string): number[] | null {
  const text = address.toLowerCase().replace(/%.*$/, '');
  if (!/^[0-9a-f:.]{2,45}$/.test(text) || !text.includes(':')) return null;
  const [head = '', tail] = text.split('::', 2);
  const [before, after] = [partsOf(head), partsOf(tail ?? '')];
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...new Array<number>(missing).fill(0), ...after];
  const isWhole = groups.length === 8 && groups.every((group) => group >= 0 && group <= 0xffff);
  return isWhole ? groups : null;
}

/** Groups between colons; an IPv4 address at the end stands for two. */
function partsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
