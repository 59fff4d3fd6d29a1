import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULT_COUNTS, isMet, parseCondition } from './fail-if.js';
import { COUNTS, TIMES } from './figures.js';

const OWN = { counts: ['found'], times: ['guess'] };
const parse = (text: string) => parseCondition(text, OWN);

describe('a condition', () => {
  it.each([
    ['p99>50', { kind: 'time', time: 'delivery', percent: 99 }, '>', 50],
    ['p99.9 >= 0.2s', { kind: 'time', time: 'delivery', percent: 99.9 }, '>=', 200],
    ['ack.p50<100us', { kind: 'time', time: 'ack', percent: 50 }, '<', 0.1],
    ['caught-up.max > 3 s', { kind: 'time', time: 'caught-up', percent: 'max' }, '>', 3_000],
    ['guess.mean<=5ms', { kind: 'time', time: 'guess', percent: 'mean' }, '<=', 5],
    ['lost>0', { kind: 'count', name: 'lost' }, '>', 0],
    ['errors.rate_limited==0', { kind: 'count', name: 'errors.rate_limited' }, '=', 0],
    ['entries-per-second != 10', { kind: 'count', name: 'entries-per-second' }, '!=', 10],
    ['found>0', { kind: 'count', name: 'found' }, '>', 0],
  ])('is read: %s', (text, metric, comparison, value) => {
    expect(parse(text)).toEqual({ text, metric, comparison, value });
  });

  it.each([
    ['p99', 'write a figure'],
    ['p99>', 'write a figure'],
    ['p99>fast', 'write a figure'],
    ['p99>-1', 'write a figure'],
    ['p99>50 minutes', 'write a figure'],
    ['p101>5', 'there is no figure p101'],
    ['latency>5', 'there is no figure latency'],
    ['sent.p99>5', 'there is no figure sent.p99'],
    ['lost>1ms', 'lost is a count'],
    ['', 'write a figure'],
  ])('is refused with what is wrong: %s', (text, complaint) => {
    expect(() => parse(text)).toThrow(complaint);
  });

  it('of another scenario’s figures is refused', () => {
    expect(() => parseCondition('found>0', { counts: [], times: [] })).toThrow('no figure found');
  });

  it('is met by the figures that it speaks of', () => {
    const met = (text: string, value: number | null) => isMet(parse(text), value);
    expect([met('p99>50', 50.1), met('p99>50', 50), met('p99>=50', 50)]).toEqual([
      true,
      false,
      true,
    ]);
    expect([met('sent<10', 9), met('sent<=10', 10), met('sent=10', 11)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([met('sent!=10', 11), met('sent!=10', 10)]).toEqual([true, false]);
  });

  it('is met where nothing was measured: then nothing is known to be well', () => {
    expect(isMet(parse('p99>50'), null)).toBe(true);
  });
});

describe('docs/load-tests.md', () => {
  const text = readFileSync(new URL('../../../docs/load-tests.md', import.meta.url), 'utf8');
  const scenarios = readdirSync(new URL('../scenarios', import.meta.url));

  it('names every figure, and every scenario', () => {
    const names = [
      ...COUNTS,
      ...FAULT_COUNTS,
      ...Object.keys(TIMES),
      ...scenarios.map((file) => file.replace('.ts', '')),
    ];
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
