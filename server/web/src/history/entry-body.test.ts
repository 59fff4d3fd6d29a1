import type { Entry } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { readBody } from './entry-body.js';

function entry(type: string, payload: unknown, channel = 'room'): Entry {
  return { id: '1-0', roomId: 'r', channel, type, from: null, payload, at: 0 };
}

const logKeys = (type: string, payload: unknown) => {
  const body = readBody(entry(type, payload, 'log'));
  return body.kind === 'log' ? body.lines.map(({ key }) => key) : body.kind;
};

describe('an entry as people read it', () => {
  it('is what the pages say to each other', () => {
    expect(readBody(entry('text', { text: 'hi' }))).toEqual({ kind: 'text', text: 'hi' });
    expect(readBody(entry('question', { text: 'a?', options: ['b'] })).kind).toBe('question');
    expect(readBody(entry('result', { counts: [1] })).kind).toBe('result');
    expect(readBody(entry('countdown', { endsAt: 1 })).kind).toBe('countdown');
    expect(readBody(entry('answer', { question: '1-0', choice: 1 }, 'host'))).toEqual({
      kind: 'answer',
      choice: 1,
      about: { question: '1-0', number: undefined },
    });
  });

  it('is as it came where the page does not know it', () => {
    expect(readBody(entry('chat', 'hello'))).toEqual({ kind: 'text', text: 'hello' });
    expect(readBody(entry('vote', { a: 1 }))).toEqual({ kind: 'other', json: '{\n  "a": 1\n}' });
    expect(readBody(entry('vote', null))).toEqual({ kind: 'other', json: 'null' });
    expect(readBody(entry('result', { odd: true })).kind).toBe('other');
    expect(readBody(entry('question', { text: 'a?', options: [] })).kind).toBe('other');
    expect(readBody(entry('constructor', 1)).kind).toBe('other');
  });

  it('is lost where a tombstone holds its place', () => {
    expect(readBody(entry('unreadable', null)).kind).toBe('unreadable');
    expect(readBody(entry('unreadable', { of: 'an application' })).kind).toBe('other');
  });

  it('is a sentence in the log', () => {
    const nobody = { userId: 'u', nickname: null, by: null };
    expect(logKeys('created', {})).toEqual(['log.created']);
    expect(logKeys('joined', { nickname: 'A', role: 'spectator' })).toEqual([
      'log.joined-spectator',
    ]);
    expect(logKeys('banned', nobody)).toEqual(['log.banned']);
    expect(logKeys('host', { nickname: 'A', action: 'inherit' })).toEqual(['log.host-inherit']);
    expect(logKeys('closed', { reason: 'expired' })).toEqual(['log.expired']);
    expect(logKeys('updated', { title: 'T', locked: false, settings: {}, by: null })).toEqual([
      'log.title',
      'log.unlocked',
      'log.settings',
    ]);
    expect(logKeys('host', { action: 'constructor' })).toBe('other');
    expect(logKeys('something-new', { a: 1 })).toBe('other');
  });

  it('is no sentence of the server where people may write', () => {
    expect(readBody(entry('joined', { nickname: 'A', role: 'host' })).kind).toBe('other');
  });
});
