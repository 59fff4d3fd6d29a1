// Makes what nodes on a shared Redis need, as lines of an environment file: prints them, or writes
// them to the file named, which must not be there yet: with new secrets everybody is logged out.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('ed25519');
const secrets = {
  PINROOM_JWT_PRIVATE_KEY: `'${JSON.stringify(privateKey.export({ format: 'jwk' }))}'`,
  PINROOM_TOKEN_SECRET: randomBytes(32).toString('base64url'),
  PINROOM_OPERATOR_TOKEN: randomBytes(32).toString('base64url'),
  POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
};
const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
if (file === undefined) process.stdout.write(lines.join(''));
else write(file, lines.join(''));

function write(name, text) {
  try {
    writeFileSync(name, text, { mode: 0o600, flag: 'wx' });
    console.log(`${name}: made. Give it to every node, and keep it.`);
  } catch (fault) {
    const why = fault.code === 'EEXIST' ? 'is there already, and stays as it is' : fault.message;
    console.error(`${name}: ${why}.`);
    process.exitCode = 1;
  }
}
