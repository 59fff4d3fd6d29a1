/**
 * The network that limits per address count by: an IPv4 address, or the first 64 bits of an IPv6
 * address, as one household or one phone has all of them. What is no address is `unknown`.
 */
export function networkOf(address: string): string {
  if (/^[0-9.]{7,15}$/.test(address)) return address;
  const text = address.toLowerCase().replace(/%.*$/, '');
  if (!/^[0-9a-f:.]{2,45}$/.test(text) || !text.includes(':')) return 'unknown';
  const [head = '', tail] = text.split('::', 2);
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 address at the end stands for two groups.
  const length = [...before, ...after].reduce(
    (sum, group) => sum + (group.includes('.') ? 2 : 1),
    0,
  );
  const missing = tail === undefined ? 0 : Math.max(0, 8 - length);
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
