import type { Schema } from '@pinroom/client/contract';

/**
 * The parameters that a schema knows, whole numbers as numbers; what is not one stays text, so that
 * the check names the fault. Parameters that the schema does not know are ignored.
 */
export function readQuery(
  schema: Schema,
  parameters: URLSearchParams,
): { [name: string]: unknown } {
  const query: { [name: string]: unknown } = {};
  for (const [name, { type }] of Object.entries(schema.properties ?? {})) {
    const text = parameters.get(name);
    if (text === null) continue;
    query[name] = type === 'integer' && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  }
  return query;
}
