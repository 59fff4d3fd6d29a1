import { describe, expect, it } from 'vitest';
import type { Schema } from './schema.js';
import { BODY_SCHEMAS, COMMAND_SCHEMAS, PARAMETER_SCHEMAS } from './schemas.js';

/** A schema with where it stands, and every schema inside it. */
function within(path: string, schema: Schema): [path: string, schema: Schema][] {
  const inner: [string, Schema | undefined][] = [
    ...Object.entries(schema.properties ?? {}).map(([name, field]): [string, Schema] => [
      `${path}.${name}`,
      field,
    ]),
    ...(schema.anyOf ?? []).map((part, n): [string, Schema] => [`${path}|${n}`, part]),
    [`${path}[]`, schema.items],
    [`${path}.<name>`, schema.propertyNames],
    [
      `${path}.<value>`,
      typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined,
    ],
  ];
  return [[path, schema], ...inner.flatMap(([at, part]) => (part ? within(at, part) : []))];
}

const tops = { ...COMMAND_SCHEMAS, ...BODY_SCHEMAS, ...PARAMETER_SCHEMAS };
const all = Object.entries(tops).flatMap(([name, schema]) => within(name, schema));
const texts = all.filter(([, { type, enum: choice }]) => type === 'string' && !choice);
const paths = (found: readonly [string, Schema][]) => found.map(([path]) => path);

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => String.fromCharCode(from + n));
/** Control characters, separators, turns of direction, half characters. */
const REFUSED = [
  ...range(0x00, 0x1f),
  ...range(0x7f, 0x9f),
  ...range(0x2028, 0x202e),
  ...range(0x2066, 0x2069),
  '\ud800',
  '\udfff',
];
const matcher = ({ pattern = '' }: Schema) => new RegExp(pattern, 'u');

describe('what a client may send', () => {
  it('holds no field that is not known, however deep, but in payloads', () => {
    const objects = all.filter(([, { type }]) => type === 'object');
    const lax = objects.filter(
      ([, { additionalProperties, propertyNames }]) =>
        additionalProperties !== false && !(propertyNames && additionalProperties),
    );
    expect(objects.length).toBeGreaterThan(Object.keys(COMMAND_SCHEMAS).length);
    expect(paths(lax)).toEqual([]);
    const free = all.filter(([, { type, anyOf }]) => type === undefined && !anyOf);
    expect(paths(free)).toEqual([
      'room:send.payload',
      'room:signal.payload',
      'room:state.patch',
      'sendEntry.payload',
      'patchState.patch',
    ]);
  });

  it('has a bound for every text and every list', () => {
    const fixed = (schema: Schema) => /^\^[^*+]*\$$/.test(schema.pattern ?? '');
    const unbounded = texts.filter(
      ([, schema]) => schema.maxLength === undefined && !fixed(schema),
    );
    expect(paths(unbounded)).toEqual([]);
    const lists = all.filter(([, { type }]) => type === 'array');
    expect(paths(lists.filter(([, { maxItems }]) => maxItems === undefined))).toEqual([]);
  });

  it.each(texts)('has no character in %s that hides, breaks or turns a line', (_path, schema) => {
    expect(schema.pattern).toBeDefined();
    const pattern = matcher(schema);
    const taken = REFUSED.filter((c) =>
      [c, `a${c}b`, `${c}b`, `a${c}`].some((t) => pattern.test(t)),
    );
    expect(taken.map((c) => c.charCodeAt(0).toString(16))).toEqual([]);
  });

  it('may be in any language where people name things', () => {
    const { nickname } = BODY_SCHEMAS.createSession.properties;
    const { title } = BODY_SCHEMAS.createRoom.properties;
    for (const name of ['Ada 🎲', 'עדה', 'أدا', 'ада', '阿達', '👩🏽‍💻', 'O’Neil <b>"x"</b>']) {
      expect(matcher(nickname).test(name)).toBe(true);
      expect(matcher(title).test(name)).toBe(true);
    }
  });
});
