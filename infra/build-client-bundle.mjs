import { readFileSync } from 'node:fs';
import { inRepository } from './repository.mjs';

/** The client library and all that it imports in one file, for pages without a build of their own. */
export const CLIENT_BUNDLE = inRepository('shared/dist/pinroom-client.min.js');

/** Builds it for the browsers that the pages are for, with its source map beside it. */
export async function buildClientBundle() {
  // Here, not above: in a fresh clone this module is there before the package is.
  const { build } = await import('esbuild');
  const { version } = JSON.parse(readFileSync(inRepository('shared/package.json'), 'utf8'));
  await build({
    entryPoints: [inRepository('shared/src/client/index.ts')],
    outfile: CLIENT_BUNDLE,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    sourcemap: true,
    banner: { js: `/*! @pinroom/client ${version}, MIT; with socket.io-client, MIT */` },
    logLevel: 'warning',
  });
}
