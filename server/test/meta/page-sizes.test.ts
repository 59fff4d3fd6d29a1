import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ROOT } from './source-files.js';

const DIST = path.join(ROOT, 'server/web/dist');
const KIB = 1_024;

/** The scripts that a page loads before it shows anything: its own, what they import, one language. */
function scriptsOf(page: string): string[] {
  const html = readFileSync(path.join(DIST, `${page}.html`), 'utf8');
  const found = new Set<string>();
  const follow = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    const code = readFileSync(path.join(DIST, 'assets', name), 'utf8');
    for (const [, next = ''] of code.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) {
      follow(next);
    }
  };
  for (const [, name = ''] of html.matchAll(/(?:src|href)="\/assets\/([\w.-]+\.js)"/g))
    follow(name);
  return [...found];
}

const zipped = (name: string) => gzipSync(readFileSync(path.join(DIST, 'assets', name))).length;

/** The largest language of a part: whoever reads it loads no other. */
function messagesOf(part: string): number {
  const sizes = readdirSync(path.join(DIST, 'assets'))
    .filter((name) => new RegExp(`^${part}-[\\w-]+\\.js$`).test(name))
    .map(zipped);
  return Math.max(...sizes);
}

function weight(page: string, part: string): number {
  const scripts = scriptsOf(page).reduce((sum, name) => sum + zipped(name), 0);
  return scripts + messagesOf('common') + messagesOf(part);
}

describe('the pages as they are built', () => {
  it('a player loads less than 100 KiB of compressed JavaScript, a host little more', () => {
    expect(weight('index', 'player')).toBeLessThan(100 * KIB);
    expect(weight('host', 'host')).toBeLessThan(120 * KIB);
    expect(weight('history', 'history')).toBeLessThan(100 * KIB);
    expect(weight('monitor', 'monitor')).toBeLessThan(140 * KIB);
  });

  it('have a compressed form of every file that gets smaller', () => {
    const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' });
    const texts = files.filter((name) => /\.(html|js|css)$/.test(name));
    expect(texts.length).toBeGreaterThan(10);
    const lacking = texts
      .filter((name) => readFileSync(path.join(DIST, name)).length >= 512)
      .filter(
        (name) => !['br', 'gz'].every((kind) => existsSync(path.join(DIST, `${name}.${kind}`))),
      );
    expect(lacking).toEqual([]);
  });

  it('have no script, style or handler in the page itself', () => {
    for (const page of ['index', 'host', 'monitor', 'history']) {
      const html = readFileSync(path.join(DIST, `${page}.html`), 'utf8');
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style| style=| on\w+=/i);
      expect(html).not.toMatch(/(?:src|href)="(?!\/)/);
    }
  });
});
