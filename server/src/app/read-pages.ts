import { fileURLToPath } from 'node:url';
import { type PageFiles, readPageFiles } from '../drivers/http/page-files.js';
import type { Logger } from '../engine/runtime/logger.js';

const FOLDER = fileURLToPath(new URL('../../web/dist/', import.meta.url));

/** The pages that were built with this server. */
export function readPages(logger: Logger): PageFiles {
  const files = readPageFiles(FOLDER);
  if (files.size === 0) logger.warn({}, 'the pages are not built: this node serves the API alone');
  return files;
}
