import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { inRepository, root } from './repository.mjs';
import { runCommand } from './run-command.mjs';

const output = inRepository('server/web/dist');

/** What the pages are made of, beside the client library: folders, and single files. */
export const PAGES_SOURCES = ['server/web/src', 'server/web/public'];
export const PAGES_SETTINGS = ['frame', 'index', 'host', 'monitor', 'history']
  .map((name) => `server/web/${name}.html`)
  .concat('server/web/vite.config.ts', 'server/web/tsconfig.json');

/** Kinds of files that get smaller; a picture is compressed already. */
const TEXT = /\.(html|js|css|svg|json|webmanifest|txt)$/;
/** Below it, compressing costs more than it saves. */
const SMALLEST = 512;

/** Whether the pages are there at all; what they are made of is part of the build's fingerprint. */
export function arePagesBuilt() {
  return existsSync(path.join(output, 'index.html'));
}

/** Builds the pages and puts what a server sends to most browsers beside each file: `.br` and `.gz`. */
export async function buildPages() {
  const vite = inRepository('node_modules/vite/bin/vite.js');
  const config = inRepository('server/web/vite.config.ts');
  const status = await runCommand(
    process.execPath,
    [vite, 'build', '--config', config, '--logLevel', 'warn'],
    { cwd: root },
  );
  if (status !== 0) throw new Error('The build of the pages failed.');
  for (const file of filesBelow(output)) if (TEXT.test(file)) compress(file);
}

function compress(file) {
  const bytes = readFileSync(file);
  if (bytes.length < SMALLEST) return;
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, best));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(full) : [full];
  });
}
