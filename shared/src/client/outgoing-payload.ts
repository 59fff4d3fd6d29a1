import { PinroomError } from './errors.js';

const encoder = new TextEncoder();

/**
 * A copy of a payload as JSON carries it, so that what is sent again is what was meant the first
 * time. Throws when it is no JSON, or larger than `maxBytes` (null: no limit).
 */
export function checkPayload(payload: unknown, maxBytes: number | null): unknown {
  const json = toJson(payload);
  if (maxBytes !== null && encoder.encode(json).length > maxBytes) {
    throw new PinroomError('payload_too_large', `The payload is larger than ${maxBytes} bytes.`);
  }
  return typeof payload === 'object' ? JSON.parse(json) : (payload ?? null);
}

function toJson(payload: unknown): string {
  try {
    const json: string | undefined = JSON.stringify(payload ?? null);
    if (json !== undefined) return json;
  } catch {
    // Circular, or a BigInt.
  }
  throw new PinroomError('bad_request', 'The payload is no JSON value.');
}
