import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ROOM_FIELDS } from './room-fields.js';
import { readScripts, SCRIPT_NAMES } from './scripts.js';

const FOLDER = new URL('./lua/', import.meta.url);

async function sourceOf(name: string): Promise<string> {
  return await readFile(new URL(`${name}.lua`, FOLDER), 'utf8');
}

/** What stands before the first line of code. */
function headerOf(source: string): string {
  return source.split(/^(?!--|#!)/m)[0] ?? '';
}

/** Highest number with which a list is indexed in the code. */
function highest(code: string, list: 'KEYS' | 'ARGV'): number {
  const used = [...code.matchAll(new RegExp(`${list}\\[(\\d+)\\]`, 'g'))];
  return Math.max(0, ...used.map((match) => Number(match[1])));
}

describe('Redis scripts', () => {
  test('[FEED-1] every file is registered and every registration has a file', async () => {
    const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.lua')).sort();
    expect(files).toEqual(SCRIPT_NAMES.map((name) => `${name}.lua`).sort());
    expect([...(await readScripts()).keys()].sort()).toEqual([...SCRIPT_NAMES].sort());
  });

  test('[FEED-1] includes are put in once, and nothing is left of the directive', async () => {
    for (const { source } of (await readScripts()).values()) {
      expect(source).not.toMatch(/^--@include/m);
      const functions = [...source.matchAll(/^local function (\w+)/gm)].map((match) => match[1]);
      expect(new Set(functions).size).toBe(functions.length);
    }
  });

  test('[FEED-1] scripts answer the fields of a room in the order in which they are read', async () => {
    const source = await sourceOf('include/room-fields');
    const fields = [...source.matchAll(/'(\w+)'/g)].map((match) => match[1]).slice(1);
    expect(fields).toEqual([...ROOM_FIELDS]);
  });

  test.each(SCRIPT_NAMES)('[FEED-1] %s says what it takes and gives', async (name) => {
    const source = await sourceOf(name);
    const header = headerOf(source);
    const code = source.slice(header.length);
    expect(source.split('\n')[0]).toMatch(/^#!lua( flags=(allow-oom|no-writes))?$/);
    expect(header.split('\n')[1]).toMatch(/^-- [A-Z].+/);
    expect(header).toMatch(/^-- Returns /m);
    for (const list of ['KEYS', 'ARGV'] as const) {
      const named = highest(header, list);
      const isOpen = new RegExp(`${list}\\[\\d+\\.\\.\\]`).test(header);
      if (!isOpen) expect(highest(code, list), `${list} of ${name}`).toBe(named);
    }
    expect(source.split('\n').length).toBeLessThanOrEqual(101);
    expect(code).not.toContain('cjson');
  });
});
