import { describe, expect, it } from 'vitest';
import { continuity } from './continuity.js';

describe('how an entry stands to what was delivered', () => {
  it.each([
    ['the very first entry', null, { id: '5-0', after: null }, 'next'],
    ['the direct successor', '5-7', { id: '5-8', after: null }, 'next'],
    ['a repeated entry', '5-7', { id: '5-7', after: null }, 'old'],
    ['an older entry', '5-7', { id: '5-3', after: null }, 'old'],
    ['a jump', '5-7', { id: '5-9', after: null }, 'gap'],
    ['a later entry of a channel that was never seen', null, { id: '5-3', after: null }, 'gap'],
    ['a new epoch after the newest', '5-7', { id: '9-0', after: '5-7' }, 'next'],
    ['a new epoch that lost a delivered tail', '5-7', { id: '9-0', after: '5-4' }, 'next'],
    ['a new epoch that lost everything', '5-7', { id: '9-0', after: null }, 'next'],
    ['a new epoch after entries that were missed', '5-7', { id: '9-0', after: '5-9' }, 'gap'],
    ['the middle of a new epoch', '5-7', { id: '9-2', after: null }, 'gap'],
    ['a new epoch in a channel that was never seen', null, { id: '9-0', after: '5-4' }, 'gap'],
    ['an entry of an epoch that is over', '9-0', { id: '5-8', after: null }, 'old'],
  ] as const)('calls %s what it is', (_name, top, entry, expected) => {
    expect(continuity(top, entry)).toBe(expected);
  });
});
