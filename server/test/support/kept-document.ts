import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const DOCS = fileURLToPath(new URL('../../../docs/', import.meta.url));
const OUTDATED = 'is not what the code says: npm run specs';
/** Set by `npm run specs` alone: then documents are written, not compared. */
const isWriting = process.env.PINROOM_WRITE_SPECS !== undefined;

/** A document of docs/ is exactly this. */
export function expectKept(name: string, text: string): void {
  const file = path.join(DOCS, name);
  if (isWriting) writeFileSync(file, text);
  expect(readFileSync(file, 'utf8'), `docs/${name} ${OUTDATED}`).toBe(text);
}

/** The block of this name in a page of docs/ is exactly this. */
export function expectKeptBlock(name: string, block: string, text: string): void {
  const page = readFileSync(path.join(DOCS, name), 'utf8');
  const [start, end] = [`<!-- ${block}: made by npm run specs -->\n`, `<!-- /${block} -->`];
  const [before, rest = ''] = page.split(start);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error(`docs/${name} has no block ${block}.`);
  expectKept(name, `${before}${start}\`\`\`\n${text}\n\`\`\`\n${end}${after}`);
}
