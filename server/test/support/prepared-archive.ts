import { cp } from 'node:fs/promises';
import path from 'node:path';

/**
 * Puts an empty embedded archive into a data folder, as a first start leaves it: creating one takes
 * seconds. Without one (vitest was started by itself) the first start does it.
 */
export async function putArchive(dataDir: string): Promise<void> {
  const prepared = process.env.TEST_EMBEDDED_ARCHIVE;
  if (prepared) await cp(prepared, path.join(dataDir, 'archive'), { recursive: true });
}
