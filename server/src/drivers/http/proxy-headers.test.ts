import { describe, expect, it } from 'vitest';
import { clientAddress, isSecure } from './proxy-headers.js';

describe('forwarding headers', () => {
  it.each<[string, string, string | null, number, string]>([
    ['no proxy, no header', '10.0.0.1', null, 0, '10.0.0.1'],
    ['a header that is not believed', '10.0.0.1', '1.2.3.4', 0, '10.0.0.1'],
    ['one proxy', '10.0.0.1', '1.2.3.4', 1, '1.2.3.4'],
    ['one proxy and a client that lies', '10.0.0.1', '6.6.6.6, 1.2.3.4', 1, '1.2.3.4'],
    ['two proxies', '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', 2, '1.2.3.4'],
    ['fewer entries than proxies', '10.0.0.1', '1.2.3.4', 3, '1.2.3.4'],
    ['with a port', '10.0.0.1', '1.2.3.4:5678', 1, '1.2.3.4'],
    ['IPv6 in brackets', '10.0.0.1', '[2001:db8::1]:443', 1, '2001:db8::1'],
    ['IPv4 within IPv6', '::ffff:10.0.0.1', null, 0, '10.0.0.1'],
    ['nonsense', '10.0.0.1', 'unknown', 1, '10.0.0.1'],
    ['empty', '10.0.0.1', '', 1, '10.0.0.1'],
  ])('address: %s', (_, remote, header, hops, address) => {
    expect(clientAddress(remote, header, hops)).toBe(address);
  });

  it('the scheme of a proxy counts only when the proxy does', () => {
    expect(isSecure(false, 'https', 0)).toBe(false);
    expect(isSecure(false, 'https', 1)).toBe(true);
    expect(isSecure(true, 'http', 1)).toBe(false);
    expect(isSecure(false, 'https, http', 1)).toBe(false);
    expect(isSecure(true, null, 1)).toBe(true);
  });
});
