// Part of `npm version <new>`: what the repository's package.json has become, all its packages become.

import { readFileSync, writeFileSync } from 'node:fs';
import { inRepository } from './repository.mjs';

const CLIENT = '@pinroom/client';
/** In the text, so that the rest of a file stays as it is. */
const VERSIONS = new RegExp(`("version"|"${CLIENT}"): "[^"]+"`, 'g');

const { version, workspaces } = JSON.parse(read('package.json'));
const lock = JSON.parse(read('package-lock.json'));
for (const folder of workspaces) {
  const file = `${folder}/package.json`;
  write(file, read(file).replace(VERSIONS, `$1: "${version}"`));
  const entry = lock.packages[folder];
  entry.version = version;
  if (entry.dependencies?.[CLIENT]) entry.dependencies[CLIENT] = version;
}
write('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);

function read(name) {
  return readFileSync(inRepository(name), 'utf8');
}

function write(name, text) {
  writeFileSync(inRepository(name), text);
}
