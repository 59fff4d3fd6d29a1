import { expect, it } from 'vitest';
import { filesBelow } from './source-files.js';

const RULE = /\[([A-Z]+-\d+)\]/g;

/** Rules stand in the ports; those of the client library, which has none, in its sources. */
const rules = [
  ...filesBelow('server/src/engine', '.port.ts'),
  ...filesBelow('shared/src/client', '.ts').filter(({ name }) => !name.endsWith('.test.ts')),
].flatMap(({ name, text }) => [...text.matchAll(RULE)].map(([, rule = '']) => ({ rule, name })));

/** The tags at the beginning of a title: `[FEED-1]`, or several one after the other. */
const tags = ['shared/src', 'server/src', 'server/test', 'load-tests/src']
  .flatMap((folder) => filesBelow(folder, '.ts'))
  .filter(({ name }) => /\/test\/|\.test\.ts$/.test(name) && !name.startsWith('server/test/meta/'))
  .flatMap(({ name, text }) =>
    [...text.matchAll(/['"`]((?:\[[A-Z]+-\d+\] ?)+)/g)].flatMap(([, head = '']) =>
      [...head.matchAll(RULE)].map(([, rule = '']) => ({ rule, name })),
    ),
  );

it('a rule has one place where it is said', () => {
  const seen = rules.map(({ rule }) => rule);
  expect(seen.filter((rule, index) => seen.indexOf(rule) !== index)).toEqual([]);
});

it('every rule has a test that names it', () => {
  const tested = new Set(tags.map(({ rule }) => rule));
  const untested = rules.filter(({ rule }) => !tested.has(rule));
  expect(untested.map(({ rule, name }) => `${rule} of ${name}`)).toEqual([]);
});

it('every rule that a test names is written down', () => {
  const known = new Set(rules.map(({ rule }) => rule));
  const unknown = tags.filter(({ rule }) => !known.has(rule));
  expect([...new Set(unknown.map(({ rule, name }) => `${rule} in ${name}`))]).toEqual([]);
});
