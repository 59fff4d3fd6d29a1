import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { filesBelow, readText, tableRows } from './source-files.js';

const tests = filesBelow('server/test', '.test.ts').map(({ name }) => name);

/** `e2e/limits` names a test of `server/test`, a whole file name one of the source. */
function exists(word: string): boolean {
  if (word.endsWith('.test.ts')) return existsSync(word) || existsSync(`server/src/${word}`);
  return tests.some((name) => name.startsWith(`server/test/${word}.`));
}

it('every item of the ASVS in docs/security.md names tests, and they exist', () => {
  const rows = tableRows(readText('docs/security.md')).filter(({ cells }) =>
    /^\d+\.\d+\.\d+/.test(cells[0] ?? ''),
  );
  expect(rows.length).toBeGreaterThan(25);
  const named = rows.map(({ cells }) =>
    [...(cells[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, word = '']) => word),
  );
  expect(named.filter((words) => words.length === 0)).toEqual([]);
  expect(named.flat().filter((word) => !exists(word))).toEqual([]);
});
