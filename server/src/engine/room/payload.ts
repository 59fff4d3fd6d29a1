import { LIMITS } from '@pinroom/client/contract';
import { AppError } from '../runtime/app-error.js';

/**
 * A payload as the JSON text that is kept from here on, byte for byte. Binary data and too deep
 * nesting are refused: `bad_request`.
 */
export function payloadJson(payload: unknown): string {
  requirePlain(payload, 0);
  const json = JSON.stringify(payload);
  if (json === undefined) throw new AppError('bad_request', 'The payload is no JSON value.');
  return json;
}

function requirePlain(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth >= LIMITS.payloadDepth) {
    throw new AppError('bad_request', `The payload is nested deeper than ${LIMITS.payloadDepth}.`);
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    throw new AppError('bad_request', 'Binary data is not taken: send it as text.');
  }
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    requirePlain(inner, depth + 1);
  }
}
