import type { Schema } from '@pinroom/client/contract';

/** Small schemas of which the bigger ones are made. */
export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;
export const count = { type: 'integer', minimum: 0 } as const;
export const time = { type: 'integer', description: 'Milliseconds since 1970.' } as const;
export const nothing = { type: 'null' } as const;
export const anything = { description: 'Any JSON value.' } as const;

/** An object that has all of these. */
export function all<const P extends { readonly [name: string]: Schema }>(properties: P) {
  const required = Object.keys(properties) as (keyof P & string)[];
  return { type: 'object', properties, required } as const;
}

/** A list of these. */
export function list<const S extends Schema>(items: S) {
  return { type: 'array', items } as const;
}
