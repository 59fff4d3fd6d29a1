import { readFileSync } from 'node:fs';

/** The version in the server's package.json, two folders above the built file. */
export function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
