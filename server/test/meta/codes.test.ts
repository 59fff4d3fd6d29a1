import { CODES } from '@pinroom/client/contract';
import { expect, it } from 'vitest';
import { readText, tableRows } from './source-files.js';

/** Rows of docs/protocol.md that begin with one code word and an HTTP status. */
const documented = tableRows(readText('docs/protocol.md'))
  .filter(({ words, cells }) => words.length === 1 && /^\d{3}$/.test(cells[1] ?? ''))
  .map(({ words, cells }) => ({ code: words[0] ?? '', status: Number(cells[1]), retry: cells[2] }));

it('the table of codes in docs/protocol.md names every code once, and no other', () => {
  expect(documented.map(({ code }) => code).sort()).toEqual(Object.keys(CODES).sort());
});

it('the table of codes in docs/protocol.md gives the status that is sent', () => {
  const sent = Object.entries(CODES).map(([code, { status }]) => [code, status]);
  const said = documented.map(({ code, status }) => [code, status]);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(sent));
});

it('the table of codes in docs/protocol.md says whether to try again', () => {
  const sent = Object.entries(CODES).map(([code, { retry }]) => [code, retry ? 'yes' : 'no']);
  const said = documented.map(({ code, retry }) => [code, retry]);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(sent));
});
