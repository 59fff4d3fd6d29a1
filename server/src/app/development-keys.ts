import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../config/config.js';
import { generateSigningKey } from '../drivers/jose/ed25519-keys.js';
import { StartupError } from './startup-error.js';

export interface Keys {
  readonly privateJwk: unknown;
  readonly previousJwks: readonly unknown[];
  /** The current secret first. */
  readonly tokenSecrets: readonly string[];
}

interface KeptKeys {
  readonly jwtPrivateKey: unknown;
  readonly tokenSecret: string;
}

/**
 * The keys of the configuration; what is not configured is made once and kept in the data directory,
 * so that a restart logs nobody out.
 */
export async function loadKeys(config: Config): Promise<Keys> {
  const { jwtPrivateKey, jwtPreviousKeys, tokenSecret, previousTokenSecrets } = config;
  const kept =
    jwtPrivateKey === null || tokenSecret === null ? await keptKeys(config.dataDir) : null;
  return {
    privateJwk: jwtPrivateKey ?? kept?.jwtPrivateKey,
    previousJwks: jwtPreviousKeys,
    tokenSecrets: [tokenSecret ?? kept?.tokenSecret ?? '', ...previousTokenSecrets],
  };
}

/** Where keys are kept that are not configured. */
export function keysFile(dataDir: string): string {
  return path.join(dataDir, 'keys.json');
}

async function keptKeys(dataDir: string): Promise<KeptKeys> {
  const file = keysFile(dataDir);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as KeptKeys;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw unusable(file, 'read', fault);
    }
  }
  const keys: KeptKeys = {
    jwtPrivateKey: await generateSigningKey(),
    tokenSecret: randomBytes(32).toString('base64url'),
  };
  try {
    await mkdir(dataDir, { recursive: true });
    // Written aside first: a crash must not leave half a key file.
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, `${JSON.stringify(keys)}\n`, { mode: 0o600 });
    await rename(draft, file);
  } catch (fault) {
    throw unusable(file, 'written', fault);
  }
  return keys;
}

function unusable(file: string, what: 'read' | 'written', fault: unknown): StartupError {
  const why = fault instanceof Error ? fault.message : String(fault);
  return new StartupError(`PINROOM_DATA_DIR: the keys in ${file} cannot be ${what}: ${why}`, fault);
}
