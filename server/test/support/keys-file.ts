import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterFile } from './after-file.js';

const COMMAND = fileURLToPath(new URL('../../bin/pinroom.js', import.meta.url));
const run = promisify(execFile);

/** An environment file as `npm run keys` makes and changes it, in a folder of its own. */
export interface KeysFile {
  readonly path: string;
  /** Runs the command with these options; answers what it said. Rejects when it fails. */
  keys(...options: string[]): Promise<string>;
  /** What a shell that reads the file gives to a node. */
  variables(): Promise<Readonly<Record<string, string>>>;
}

/** A file that is not made yet; its folder is gone when the test file is over. */
export function newKeysFile(): KeysFile {
  const folder = mkdtempSync(path.join(tmpdir(), 'pinroom-keys-'));
  afterFile(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, '.pinroom.env');
  return {
    path: file,
    async keys(...options) {
      const env = { PATH: process.env.PATH, npm_lifecycle_event: 'keys' };
      const { stdout } = await run(process.execPath, [COMMAND, 'keys', ...options], {
        cwd: folder,
        env,
      });
      return stdout;
    },
    async variables() {
      const tell = `set -a; . '${file}'; set +a; exec '${process.execPath}' -p 'JSON.stringify(process.env)'`;
      const { stdout } = await run('/bin/sh', ['-c', tell], { env: {} });
      const all = JSON.parse(stdout) as Record<string, string>;
      return Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'PWD'));
    },
  };
}
