import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Macs under the server's secret. New macs use the current secret; macs under a previous one are
 * still recognised, so that a secret can be replaced without logging anyone out.
 */
export class TokenSecrets {
  readonly #secrets: readonly string[];

  /** @param secrets the current one first, then the previous ones. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** HMAC-SHA256 over a purpose and data, base64url. The purpose keeps uses apart. */
  mac(purpose: string, data: string): string {
    return compute(this.#secrets[0] ?? '', purpose, data);
  }

  /** Whether `mac` is one of ours over this purpose and data; in constant time. */
  verify(purpose: string, data: string, mac: string): boolean {
    const shown = Buffer.from(mac);
    return this.#secrets.some((secret) => {
      const expected = Buffer.from(compute(secret, purpose, data));
      return expected.length === shown.length && timingSafeEqual(expected, shown);
    });
  }
}

function compute(secret: string, purpose: string, data: string): string {
  return createHmac('sha256', secret).update(`${purpose}\n${data}`).digest('base64url');
}
