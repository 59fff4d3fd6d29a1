import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One file of the pages, as it is kept in memory: all of them together are a few hundred kilobytes. */
export interface PageFile {
  readonly contentType: string;
  /** Of the uncompressed bytes; weak, because the compressed ones have the same. */
  readonly etag: string;
  /** Whether the name changes with the content. */
  readonly isHashed: boolean;
  readonly plain: Uint8Array<ArrayBuffer>;
  /** Made when the pages were built; null: the file is too small, or gets no smaller. */
  readonly brotli: Uint8Array<ArrayBuffer> | null;
  readonly gzip: Uint8Array<ArrayBuffer> | null;
}

/** By path below the pages' folder, with `/`: `index.html`, `assets/host-D3adB33f.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: { readonly [ending: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

const COMPRESSED = /\.(br|gz)$/;

/** Reads the built pages. Empty when they were not built: the node then serves its API alone. */
export function readPageFiles(folder: string): PageFiles {
  const files = new Map<string, PageFile>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || COMPRESSED.test(entry.name)) continue;
    const full = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, full).split(path.sep).join('/');
    files.set(name, readPageFile(full, name));
  }
  return files;
}

function readPageFile(full: string, name: string): PageFile {
  const plain = bytesOf(full);
  const digest = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  return {
    contentType: TYPES[path.extname(name)] ?? 'application/octet-stream',
    etag: `W/"${digest}"`,
    isHashed: name.startsWith('assets/'),
    plain,
    brotli: existsSync(`${full}.br`) ? bytesOf(`${full}.br`) : null,
    gzip: existsSync(`${full}.gz`) ? bytesOf(`${full}.gz`) : null,
  };
}

function bytesOf(file: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(file));
}
