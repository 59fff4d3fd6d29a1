/**
 * The subset of JSON Schema (2020-12) in which the protocol is written. Schemas are plain data, so
 * the server compiles them, the specifications quote them and the client never loads a validator.
 */
export interface Schema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'null';
  readonly description?: string;
  readonly enum?: readonly (string | number | null)[];
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

type RequiredNames<S> = S extends { readonly required: readonly (infer N)[] } ? N : never;

type ObjectOf<S, P> = {
  -readonly [K in keyof P as K extends RequiredNames<S> ? K : never]: Static<P[K]>;
} & {
  -readonly [K in keyof P as K extends RequiredNames<S> ? never : K]?: Static<P[K]>;
};

/** The TypeScript type of the values that a schema accepts. */
export type Static<S> = S extends { readonly enum: readonly (infer E)[] }
  ? E
  : S extends { readonly anyOf: readonly (infer A)[] }
    ? Static<A>
    : S extends { readonly type: 'string' }
      ? string
      : S extends { readonly type: 'integer' | 'number' }
        ? number
        : S extends { readonly type: 'boolean' }
          ? boolean
          : S extends { readonly type: 'null' }
            ? null
            : S extends { readonly type: 'array'; readonly items: infer I }
              ? Static<I>[]
              : S extends { readonly type: 'object'; readonly properties: infer P }
                ? ObjectOf<S, P>
                : S extends { readonly type: 'object'; readonly additionalProperties: infer V }
                  ? { [name: string]: Static<V> }
                  : unknown;
