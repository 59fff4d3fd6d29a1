import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCRIPT_NAMES } from '../../src/drivers/redis/scripts.js';
import { filesBelow, type SourceFile, withoutComments } from './source-files.js';

const FOLDER = 'server/src/drivers/redis/lua';
const LONGEST = 100;

const all = filesBelow(FOLDER, '.lua');
const included = all.filter(({ name }) => name.startsWith(`${FOLDER}/include/`));
const scripts = all.filter((file) => !included.includes(file));
const baseName = ({ name }: SourceFile) => path.basename(name, '.lua');
const table = scripts.map((file) => [baseName(file), file] as const);

interface Declared {
  /** Numbers of the arguments that the header lists, in its order. */
  readonly numbers: readonly number[];
  /** The number from which on there may be any count; null: the list is complete. */
  readonly openFrom: number | null;
}

/** The comment lines at the top, without the line that gives the flags. */
function headerOf(text: string): string[] {
  const lines = text.split('\n').slice(text.startsWith('#!') ? 1 : 0);
  const end = lines.findIndex((line) => !line.startsWith('-- '));
  return lines.slice(0, end).map((line) => line.slice(3));
}

function bodyOf(text: string): string {
  return text.replace(/--[^\n]*/g, '').replace(/^#![^\n]*/, '');
}

function declared(text: string, kind: 'KEYS' | 'ARGV'): Declared {
  const header = headerOf(text);
  const pattern = new RegExp(`^${kind}\\[(\\d+)(\\.\\.)?(\\d+)?\\] \\S`);
  const found = header.flatMap((line) => {
    const match = pattern.exec(line);
    return match ? [match] : [];
  });
  const numbers = found.flatMap(([, from, , to]) => {
    const first = Number(from);
    return Array.from({ length: Number(to ?? from) - first + 1 }, (_, index) => first + index);
  });
  const last = found.at(-1);
  const isOpen = last?.[2] !== undefined && last[3] === undefined;
  return { numbers, openFrom: isOpen ? Number(last[1]) : null };
}

function used(text: string, kind: 'KEYS' | 'ARGV'): number[] {
  return [...bodyOf(text).matchAll(new RegExp(`\\b${kind}\\[(\\d+)`, 'g'))].map(([, n]) =>
    Number(n),
  );
}

describe.each(table)('%s.lua', (_name, { text }) => {
  it('begins with a sentence that says what it does', () => {
    expect(headerOf(text)[0]).toMatch(/^[A-Z]/);
    expect(headerOf(text).join(' ')).toMatch(/^[A-Z][^.]{10,}[.:]/);
  });

  it.each(['KEYS', 'ARGV'] as const)('lists every %s that it uses, and no other', (kind) => {
    const { numbers, openFrom } = declared(text, kind);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    const indexes = used(text, kind).filter((index) => openFrom === null || index < openFrom);
    const fixed = numbers.filter((index) => openFrom === null || index < openFrom);
    const beyond = indexes.filter((index) => !fixed.includes(index));
    expect(beyond).toEqual([]);
    if (kind === 'KEYS') expect(Math.max(0, ...indexes)).toBe(Math.max(0, ...fixed));
  });

  it('says what it returns', () => {
    expect(headerOf(text).some((line) => /^Returns? /.test(line))).toBe(true);
  });
});

it(`every script has at most ${LONGEST} lines`, () => {
  const long = all.filter(({ text }) => text.trimEnd().split('\n').length > LONGEST);
  expect(long.map(({ name }) => name)).toEqual([]);
});

it('every script is registered, and every registered script is there', () => {
  expect(scripts.map(baseName).sort()).toEqual([...SCRIPT_NAMES].sort());
});

it('every registered script is called by a driver', () => {
  const definitions = filesBelow('server/src/drivers/redis', '.ts')
    .filter(({ name }) => !name.endsWith('.test.ts'))
    .flatMap(({ text }) =>
      [...withoutComments(text).matchAll(/\bname: '([a-z-]+)'/g)].map(([, name]) => name),
    );
  expect(SCRIPT_NAMES.filter((name) => !definitions.includes(name))).toEqual([]);
});

it('every part that scripts include is there and is included', () => {
  const wanted = all.flatMap(({ text }) =>
    [...text.matchAll(/^--@include (\S+)\.lua$/gm)].map(([, name = '']) => name),
  );
  expect([...new Set(wanted)].sort()).toEqual(included.map(baseName).sort());
});

it('a payload is never decoded: it would come back changed', () => {
  expect(all.filter(({ text }) => /\bcjson\.decode\b/.test(bodyOf(text))).map(baseName)).toEqual(
    [],
  );
});
