import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { buildClientBundle, CLIENT_BUNDLE } from './build-client-bundle.mjs';
import { arePagesBuilt, buildPages, PAGES_SETTINGS, PAGES_SOURCES } from './build-pages.mjs';
import { cacheFolder, inRepository, root } from './repository.mjs';
import { runCommand } from './run-command.mjs';

/** Each has its sources in src/ and is built into dist/. In the order of their references. */
const WORKSPACES = ['shared', 'server', 'load-tests'];
const stampFile = cacheFolder('build.stamp');

/** Whether dist/ of every workspace is what the sources give. Looks at times and sizes only. */
export function isBuilt() {
  if (!existsSync(stampFile)) return false;
  if (readFileSync(stampFile, 'utf8') !== fingerprint()) return false;
  return missingOutputs().length === 0 && existsSync(CLIENT_BUNDLE) && arePagesBuilt();
}

/**
 * Compiles, copies what is not TypeScript, removes what has no source any more, so that a deleted
 * module can neither run nor be tested, and builds the pages and the client library for browsers.
 */
export async function build() {
  rmSync(stampFile, { force: true });
  const before = fingerprint();
  await compile([]);
  copyAssets();
  // The compiler trusts its notes: outputs that somebody deleted come back by force only.
  if (missingOutputs().length > 0) await compile(['--force']);
  removeStale();
  await buildClientBundle();
  // After the client library, which they contain.
  await buildPages();
  mkdirSync(path.dirname(stampFile), { recursive: true });
  // A source that was changed meanwhile leaves the old fingerprint: the next start builds again.
  writeFileSync(stampFile, before);
}

async function compile(options) {
  const compiler = inRepository('node_modules/typescript/bin/tsc');
  const status = await runCommand(process.execPath, [compiler, '-b', ...WORKSPACES, ...options], {
    cwd: root,
  });
  if (status !== 0) throw new Error('The build failed.');
}

function copyAssets() {
  for (const { source, outputs } of sources().filter(({ asset }) => asset)) {
    for (const output of outputs) {
      mkdirSync(path.dirname(output), { recursive: true });
      copyFileSync(source, output);
    }
  }
}

function removeStale() {
  const wanted = new Set(sources().flatMap(({ outputs }) => outputs));
  for (const workspace of WORKSPACES) {
    for (const file of filesBelow(inRepository(workspace, 'dist'))) {
      if (!wanted.has(file.replace(/\.map$/, '')) && !file.endsWith('.tsbuildinfo')) rmSync(file);
    }
  }
}

function missingOutputs() {
  return sources()
    .flatMap(({ outputs }) => outputs)
    .filter((output) => !existsSync(output));
}

/** Every file that goes into dist/, with the files that come of it (source maps apart). */
function sources() {
  return WORKSPACES.flatMap((workspace) => {
    const from = inRepository(workspace, 'src');
    return filesBelow(from)
      .filter((source) => !source.endsWith('.test.ts'))
      .map((source) => {
        const target = inRepository(workspace, 'dist', path.relative(from, source));
        const asset = !source.endsWith('.ts');
        const stem = target.replace(/\.ts$/, '');
        return { source, asset, outputs: asset ? [target] : [`${stem}.js`, `${stem}.d.ts`] };
      });
  });
}

function fingerprint() {
  const settings = [
    'package-lock.json',
    'tsconfig.base.json',
    'infra/build.mjs',
    'infra/build-client-bundle.mjs',
    'infra/build-pages.mjs',
    ...PAGES_SETTINGS,
    ...WORKSPACES.flatMap((name) => [`${name}/package.json`, `${name}/tsconfig.json`]),
  ];
  const files = [
    ...settings.map((name) => inRepository(name)),
    ...[...WORKSPACES.map((name) => `${name}/src`), ...PAGES_SOURCES].flatMap((name) =>
      filesBelow(inRepository(name)),
    ),
  ];
  const hash = createHash('sha256');
  for (const file of files) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${path.relative(root, file)} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const full = path.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(full) : [full];
    })
    .sort();
}
