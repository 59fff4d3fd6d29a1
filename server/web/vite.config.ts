import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const page = (name: string) => fileURLToPath(new URL(`${name}.html`, import.meta.url));

/** A page's own file holds its script alone; head, and what stands there until it has come, all have in common. */
const frame: Plugin = {
  name: 'frame',
  transformIndexHtml: {
    order: 'pre',
    handler: (script) =>
      readFileSync(page('frame'), 'utf8').replace('<!-- what the page is -->', script.trim()),
  },
};

/** The pages; `infra/build-pages.mjs` runs this and compresses what comes out. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [frame],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The pages' policy allows no inline script, and no data: but in pictures.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        player: page('index'),
        host: page('host'),
        monitor: page('monitor'),
        history: page('history'),
      },
    },
  },
});
