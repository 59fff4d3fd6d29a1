import { describe, expect, it } from 'vitest';
import { judgeOrigin, mayUseCookie, mayUseToken, originPolicy } from './origin-policy.js';

const policy = originPolicy('https://Play.Example.com/', [
  'https://app.example.com/',
  'http://localhost:5173',
]);
const here = { host: 'internal:3000', secure: false };
const judge = (origin: string | null) => judgeOrigin(policy, { ...here, origin });

describe('origin policy', () => {
  it.each([
    ['our own public address', 'https://play.example.com', 'own'],
    ['a listed one', 'https://app.example.com', 'listed'],
    ['a listed one with a port', 'http://localhost:5173', 'listed'],
    ['another port', 'https://app.example.com:8443', 'denied'],
    ['another scheme', 'http://app.example.com', 'denied'],
    ['upper case, which no browser sends', 'https://APP.example.com', 'denied'],
    ['a longer name', 'https://app.example.com.evil.test', 'denied'],
    ['a longer name in front', 'https://evilapp.example.com', 'denied'],
    ['a subdomain', 'https://x.app.example.com', 'denied'],
    ['a path behind', 'https://app.example.com/', 'denied'],
    ['a user in front', 'https://app.example.com@evil.test', 'denied'],
    ['`null`', 'null', 'denied'],
    ['the Host header, which the public address replaces', 'http://internal:3000', 'denied'],
  ])('%s', (_, origin, verdict) => {
    expect(judge(origin)).toBe(verdict);
  });

  it('a request without an origin has a verdict of its own', () => {
    expect(judge(null)).toBe('missing');
    expect(judge('')).toBe('missing');
  });

  it('without a public address the request’s own host and scheme decide', () => {
    const open = originPolicy(null, []);
    const verdict = (origin: string, host: string | null, secure: boolean) =>
      judgeOrigin(open, { origin, host, secure });
    expect(verdict('http://192.168.1.5:3000', '192.168.1.5:3000', false)).toBe('own');
    expect(verdict('http://localhost', 'localhost:80', false)).toBe('own');
    expect(verdict('http://[::1]:3000', '[::1]:3000', false)).toBe('own');
    expect(verdict('https://a.test', 'a.test', true)).toBe('own');
    expect(verdict('https://a.test', 'a.test', false)).toBe('denied');
    expect(verdict('http://a.test:81', 'a.test', false)).toBe('denied');
    for (const host of [null, '', 'a b', 'a.test/x', 'x@a.test', 'a.test:99999', '[', '%']) {
      expect(verdict('http://a.test', host, false)).toBe('denied');
    }
  });

  it('`*` opens to everyone, but not what a cookie authorises', () => {
    const open = originPolicy(null, ['*', 'https://app.example.com']);
    const verdict = (origin: string) => judgeOrigin(open, { ...here, origin });
    expect(verdict('https://evil.test')).toBe('any');
    expect(verdict('null')).toBe('any');
    expect(verdict('https://app.example.com')).toBe('listed');
    expect(mayUseToken('any')).toBe(true);
    expect(mayUseCookie('any')).toBe(false);
  });

  it('a cookie needs an origin, a token only one that is not denied', () => {
    expect(mayUseCookie('own')).toBe(true);
    expect(mayUseCookie('listed')).toBe(true);
    expect(mayUseCookie('missing')).toBe(false);
    expect(mayUseCookie('denied')).toBe(false);
    expect(mayUseToken('missing')).toBe(true);
    expect(mayUseToken('denied')).toBe(false);
  });

  it('refuses a configured address that is none, and never lists `null`', () => {
    expect(() => originPolicy(null, ['example.com'])).toThrow(TypeError);
    expect(originPolicy(null, ['file:///x']).listed.size).toBe(0);
  });
});
