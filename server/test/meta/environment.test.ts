import { expect, it } from 'vitest';
import { VARIABLES } from '../../src/config/variables.js';
import { filesBelow, readText, tableRows, withoutComments } from './source-files.js';

const VARIABLE = /['"`.](HOST|PORT|REDIS_URL|DATABASE_URL|PINROOM_[A-Z0-9_]*[A-Z0-9])\b/g;

const known = Object.entries(VARIABLES);
const rows = tableRows(readText('README.md')).filter(({ words }) =>
  words.some((word) => /^(HOST|PORT|REDIS_URL|DATABASE_URL|PINROOM_[A-Z0-9_]+)$/.test(word)),
);

it('README.md names the variables that the server knows, each in one row, and no other', () => {
  const inTable = rows.flatMap(({ words }) => words);
  expect(inTable.sort()).toEqual(known.map(([name]) => name).sort());
});

it('README.md gives the defaults that the server takes', () => {
  const said = rows.map(({ words, cells }) => [words[0], cells[1]]);
  const taken = known.map(([name, { fallback }]) => [name, fallback ? `\`${fallback}\`` : '–']);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(taken));
});

it('the configuration reads every variable of its table, and no other', () => {
  const read = filesBelow('server/src/config', '.ts')
    .filter(({ name }) => !/\.test\.ts$|\/variables\.ts$/.test(name))
    .flatMap(({ text }) => [...withoutComments(text).matchAll(VARIABLE)].map(([, name]) => name));
  expect([...new Set(read)].sort()).toEqual(known.map(([name]) => name).sort());
});
