import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** A path in the repository. */
export const inRepository = (...parts) => path.join(root, ...parts);

/** A path in the folder for what can be thrown away at any time; git ignores it. */
export const cacheFolder = (...parts) => path.join(root, '.cache', ...parts);
