import { COMMAND_SCHEMAS } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { readVersion } from '../../../src/app/version.js';
import { expectKept } from '../../support/kept-document.js';
import { HttpFixture } from './http-fixture.js';

const DOCUMENTS = ['openapi.json', 'asyncapi.json'];
/** What turns lines around, and would the page that shows a document. */
const HIDDEN = /[\u2028-\u202e\u2066-\u2069]/g;
const SAMPLES = [
  ...[
    '',
    'Ada',
    'Ada 🎲',
    'עדה',
    "O’Neil's",
    'a-b_c.d:e/f',
    '482913',
    '1795418492529-0',
    'room',
    'log',
  ],
  ...[
    'user:01a20748-0e3c-74ca-a517-000000000001',
    '01a20748-0e3c-74ca-a517-000000000001',
    'a\\b^]',
  ],
  ...[
    '\u0000',
    '\u001f',
    ' ',
    '~',
    '\u007f',
    '\u009f',
    '\u00a0',
    '\u2027',
    '\u2028',
    '\u2029',
    '\u202a',
  ],
  ...['\u202e', '\u202f', '\u2065', '\u2066', '\u2069', '\u206a', 'a\nb', 'p{Cs}'],
];

async function documentOf(name: string): Promise<unknown> {
  const answer = await new HttpFixture({ version: readVersion() }).call(`GET /${name}`);
  expect(answer.status).toBe(200);
  return answer.json();
}

/** Every pattern in a schema or document. */
function patternsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === 'pattern' && typeof item === 'string' ? [item] : patternsIn(item),
  );
}

/** What patterns take of the samples, one line each. */
function taken(patterns: readonly string[], flags: string): string[] {
  const lines = patterns.map((pattern) => {
    const expression = new RegExp(pattern, flags);
    return JSON.stringify(SAMPLES.filter((sample) => expression.test(sample)));
  });
  return [...new Set(lines)].sort();
}

it.each(DOCUMENTS)('docs/%s is what the server answers', async (name) => {
  const text = JSON.stringify(await documentOf(name), null, 2);
  const shown = text.replace(HIDDEN, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
  expectKept(name, `${shown}\n`);
});

describe('what a program makes of the documents', () => {
  it.each(DOCUMENTS)('has patterns in %s that every language reads alike', async (name) => {
    const patterns = patternsIn(await documentOf(name));
    expect(patterns.length).toBeGreaterThan(10);
    // Of escapes Python, RE2 and JavaScript with and without `u` share these.
    const foreign = patterns.filter((pattern) => /\\(?!x[0-9a-f]{2})/.test(pattern));
    expect(foreign).toEqual([]);
    expect(taken(patterns, '')).toEqual(taken(patterns, 'u'));
    const own = taken(patternsIn(COMMAND_SCHEMAS), 'u');
    if (name === 'asyncapi.json') expect(taken(patterns, '')).toEqual(own);
    else expect(own).toEqual(expect.arrayContaining(taken(patterns, '')));
  });
});
