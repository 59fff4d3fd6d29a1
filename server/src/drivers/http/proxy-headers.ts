import { isIP } from 'node:net';
import { plainAddress } from '../../engine/runtime/network.js';

/**
 * The client's address. With `hops` proxies in front, the last `hops` entries of `X-Forwarded-For`
 * and the connection were written by them; what stands further left is the client's own invention.
 */
export function clientAddress(
  remoteAddress: string,
  forwardedFor: string | null | undefined,
  hops: number,
): string {
  const connection = bareAddress(remoteAddress) ?? remoteAddress;
  if (hops <= 0 || !forwardedFor) return connection;
  const entries = forwardedFor.split(',');
  const entry = entries[Math.max(0, entries.length - hops)];
  return bareAddress(entry ?? '') ?? connection;
}

/** Whether the client speaks TLS; `X-Forwarded-Proto` counts only behind a proxy that we believe. */
export function isSecure(
  connectionSecure: boolean,
  forwardedProto: string | null | undefined,
  hops: number,
): boolean {
  if (hops <= 0 || !forwardedProto) return connectionSecure;
  const entries = forwardedProto.split(',');
  return entries[Math.max(0, entries.length - hops)]?.trim().toLowerCase() === 'https';
}

/** An address without port and brackets; null if it is none. */
function bareAddress(text: string): string | null {
  const trimmed = text.trim();
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed);
  const withPort = /^([\d.]+):\d+$/.exec(trimmed);
  const address = bracketed?.[1] ?? withPort?.[1] ?? trimmed;
  return isIP(address) === 0 ? null : plainAddress(address);
}
