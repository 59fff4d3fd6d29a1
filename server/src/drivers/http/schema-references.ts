import type { Schema } from '@pinroom/client/contract';

/** Copies schemas into a document and puts `$ref` where one of the named ones stands. */
export class SchemaReferences {
  readonly #names: ReadonlyMap<unknown, string>;
  readonly #schemas: { readonly [name: string]: Schema };

  constructor(schemas: { readonly [name: string]: Schema }) {
    this.#schemas = schemas;
    this.#names = new Map(Object.entries(schemas).map(([name, schema]) => [schema, name]));
  }

  /** A schema as it stands in the document. */
  quote(schema: Schema): unknown {
    const name = this.#names.get(schema);
    return name === undefined ? this.#copy(schema) : { $ref: `#/components/schemas/${name}` };
  }

  /** The named schemas themselves, for `components.schemas`. */
  definitions(): { [name: string]: unknown } {
    return Object.fromEntries(
      Object.entries(this.#schemas).map(([name, schema]) => [name, this.#copy(schema)]),
    );
  }

  #copy(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#copyOrRefer(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        key === 'pattern' && typeof item === 'string'
          ? portablePattern(item)
          : this.#copyOrRefer(item),
      ]),
    );
  }

  #copyOrRefer(value: unknown): unknown {
    const name = this.#names.get(value);
    return name === undefined ? this.#copy(value) : { $ref: `#/components/schemas/${name}` };
  }
}

/**
 * A pattern that means the same in other languages and without JavaScript's flag `u`: characters stand
 * for themselves, and nothing is said of half ones, which most languages cannot hold.
 */
function portablePattern(pattern: string): string {
  return pattern
    .replaceAll('\\p{Cs}', '')
    .replace(/\\u00([0-9a-f]{2})/g, '\\x$1')
    .replace(/\\u([0-9a-f]{4})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
}
