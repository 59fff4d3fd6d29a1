import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { cacheFolder } from './repository.mjs';

/** How this Node's npm is started with these arguments; the options are for `spawn` and its like. */
export function npmCommand(args) {
  const env = environment();
  const script = [process.env.npm_execpath, besideNode()].find(isScript);
  if (script) {
    return { command: process.execPath, args: [script, ...args], options: { env, shell: false } };
  }
  // npm is a script that only a shell can start on Windows.
  return { command: 'npm', args, options: { env, shell: process.platform === 'win32' } };
}

function isScript(file) {
  return file !== undefined && /npm-cli\.[cm]?js$/.test(file) && existsSync(file);
}

function besideNode() {
  return path.join(path.dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
}

/** npm stops when it cannot write to its cache, as with a read-only home folder. */
function environment() {
  const variables = { ...process.env };
  const cache = process.env.npm_config_cache ?? path.join(homedir(), '.npm');
  if (!canWrite(cache)) {
    variables.npm_config_cache = cacheFolder('npm');
    variables.npm_config_logs_dir = cacheFolder('npm', '_logs');
  }
  return variables;
}

function canWrite(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
