// `npm run keys`: makes what nodes on a shared Redis need, as an environment file, and replaces the
// signing key and the token secret in it later without logging anyone out. A node refuses what is
// signed with a key that it does not know, and a client whose refresh token is refused takes its session
// for over: so every node has to accept a key (--prepare) before the first one signs with it (--rotate).
// The next key waits among the accepted ones, as the only one there with its private part `d`.
// Without a file name the secrets are printed.

import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readVariable, replaceFile, setVariable } from './env-file.mjs';

const KEY = 'PINROOM_JWT_PRIVATE_KEY';
const ACCEPTED_KEYS = 'PINROOM_JWT_PREVIOUS_KEYS';
const SECRET = 'PINROOM_TOKEN_SECRET';
const ACCEPTED_SECRETS = 'PINROOM_PREVIOUS_TOKEN_SECRETS';
/** Earlier keys and secrets that are kept: sessions under older ones would be months old. */
const KEPT = 3;

const STEPS = { prepare, rotate, retire };
const USAGE = `Usage: npm run keys [-- ${Object.keys(STEPS)
  .map((step) => `--${step}`)
  .join(' | ')}]`;

try {
  const { file, step } = readArguments();
  if (step) changeFile(file, STEPS[step]);
  else if (file === undefined) process.stdout.write(linesOf(newSecrets()));
  else makeFile(file, newSecrets());
} catch (fault) {
  console.error(fault.message);
  process.exitCode = 1;
}

function readArguments() {
  const flag = { type: 'boolean' };
  const options = Object.fromEntries(Object.keys(STEPS).map((step) => [step, flag]));
  let parsed;
  try {
    parsed = parseArgs({ options, allowPositionals: true });
  } catch (fault) {
    throw new Error(`${fault.message}\n${USAGE}`);
  }
  const [file, ...others] = parsed.positionals;
  const [step, second] = Object.keys(parsed.values);
  if (others.length > 0 || second || (step && file === undefined)) throw new Error(USAGE);
  return { file, step };
}

function newSecrets() {
  return {
    [KEY]: newKey(),
    [SECRET]: newSecret(),
    PINROOM_OPERATOR_TOKEN: newSecret(),
    POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
    GRAFANA_PASSWORD: randomBytes(24).toString('hex'),
  };
}

function linesOf(secrets) {
  return Object.entries(secrets)
    .map(([name, value]) => `${name}=${name === KEY ? `'${JSON.stringify(value)}'` : value}\n`)
    .join('');
}

/** Never over a file that is there: with new secrets everybody is logged out. */
function makeFile(file, secrets) {
  try {
    writeFileSync(file, linesOf(secrets), { mode: 0o600, flag: 'wx' });
  } catch (fault) {
    if (fault.code !== 'EEXIST') throw new Error(`${file}: ${fault.message}.`);
    throw new Error(
      `${file}: is there already, and stays as it is. \`npm run keys -- --prepare\` begins to replace ` +
        'its key and secret.',
    );
  }
  console.log(`${file}: made, for you alone to read. In it are
  ${KEY}  signs access tokens; public as kid ${kidOf(secrets[KEY])}
  ${SECRET}     behind refresh tokens and host keys
  PINROOM_OPERATOR_TOKEN   opens /metrics
  POSTGRES_PASSWORD        for docker-compose.yml, as GRAFANA_PASSWORD; no node reads them
Every node gets them in its environment, the same ones: \`set -a; . ./${file}; set +a\` in a shell,
EnvironmentFile= in a systemd unit, \`docker compose --env-file ${file} up\`.
Keep the file: with other secrets everybody is logged out. How key and secret are replaced without
that: \`npm run keys -- --prepare\` says the steps.`);
}

function changeFile(file, step) {
  try {
    const text = readFileSync(file, 'utf8');
    const state = readState(text);
    const said = step(state);
    replaceFile(file, writeState(text, state));
    console.log(`${file}: ${said}`);
  } catch (fault) {
    throw new Error(`${file}: ${fault.message}\nThe file is as it was.`);
  }
}

/** The next key and secret become accepted; nothing is made with them yet. */
function prepare(state) {
  if (state.nextKey) {
    throw new Error(
      `kid ${kidOf(state.nextKey)} is prepared already. When every node has been restarted with it: ` +
        'npm run keys -- --rotate',
    );
  }
  state.nextKey = newKey();
  state.nextSecret = newSecret();
  const kid = kidOf(state.nextKey);
  return `the next key and secret are in it, to be accepted beside those in use; kid ${kid}.
1. Give the file to every node, and restart one node after the other.
2. When /.well-known/jwks.json of every node shows that kid, and not before, as nodes that do not know
   it would log people out: npm run keys -- --rotate`;
}

/** The prepared key and secret come into use; those that were are accepted. */
function rotate(state) {
  if (!state.nextKey) {
    throw new Error(
      'no next key is prepared, so no node would accept it: npm run keys -- --prepare',
    );
  }
  const before = kidOf(state.key);
  state.earlierKeys = [publicPart(state.key), ...state.earlierKeys].slice(0, KEPT);
  state.earlierSecrets = [state.secret, ...state.earlierSecrets].slice(0, KEPT);
  state.key = state.nextKey;
  state.secret = state.nextSecret;
  state.nextKey = null;
  state.nextSecret = null;
  return `kid ${kidOf(state.key)} signs from now on, beside the next secret;
earlier ones are still accepted, as kid ${before} is.
1. Give the file to every node, and restart one node after the other.
2. When PINROOM_REFRESH_TTL_SECONDS (30 days unless set) have passed since, nobody holds a token of
   earlier ones any more: npm run keys -- --retire`;
}

/** Earlier keys and secrets are accepted no more; a next one that is prepared stays. */
function retire(state) {
  if (state.earlierKeys.length + state.earlierSecrets.length === 0) {
    throw new Error('no earlier key or secret is in it');
  }
  const gone = state.earlierKeys.map(kidOf);
  state.earlierKeys = [];
  state.earlierSecrets = [];
  return `earlier keys (kid ${gone.join(', ') || 'none'}) and secrets are not in it any more.
Give the file to every node, and restart one node after the other. From then on refresh tokens, access
tokens and host keys that were made with them are refused.`;
}

function readState(text) {
  const key = readKey(readVariable(text, KEY), KEY);
  const secret = readVariable(text, SECRET);
  if (!key.d) throw new Error(`${KEY} has no private part`);
  if (!secret) throw new Error(`${SECRET} is not in it`);
  if (secret.includes(',')) {
    throw new Error(`${SECRET} has a comma in it, so ${ACCEPTED_SECRETS} could not hold it`);
  }
  const [nextKey = null, ...keys] = sorted(readKeys(readVariable(text, ACCEPTED_KEYS)));
  const secrets = (readVariable(text, ACCEPTED_SECRETS) ?? '').split(',').filter(Boolean);
  const state = {
    key,
    secret,
    nextKey,
    nextSecret: null,
    earlierKeys: keys,
    earlierSecrets: secrets,
  };
  if (nextKey) [state.nextSecret, ...state.earlierSecrets] = secrets;
  if (nextKey && !state.nextSecret) {
    throw new Error(`${ACCEPTED_KEYS} has a next key, but ${ACCEPTED_SECRETS} has no secret`);
  }
  return state;
}

/** The key that waits, or null, and then the others without their private parts. */
function sorted(keys) {
  const waiting = keys[0]?.d ? keys[0] : null;
  return [waiting, ...(waiting ? keys.slice(1) : keys).map(publicPart)];
}

function writeState(text, state) {
  const { key, secret, nextKey, nextSecret, earlierKeys, earlierSecrets } = state;
  const keys = [...(nextKey ? [nextKey] : []), ...earlierKeys];
  const secrets = [...(nextSecret ? [nextSecret] : []), ...earlierSecrets];
  const values = [
    [KEY, JSON.stringify(key), KEY],
    [ACCEPTED_KEYS, keys.length > 0 ? JSON.stringify(keys) : '', KEY],
    [SECRET, secret, SECRET],
    [ACCEPTED_SECRETS, secrets.join(','), SECRET],
  ];
  return values.reduce((before, [name, value, neighbour]) => {
    const isSame = (readVariable(before, name) ?? '') === value;
    return isSame ? before : setVariable(before, name, value, neighbour);
  }, text);
}

function readKeys(json) {
  if (!json) return [];
  let keys;
  try {
    keys = JSON.parse(json);
  } catch {
    keys = null;
  }
  if (!Array.isArray(keys)) throw new Error(`${ACCEPTED_KEYS} is no JSON array`);
  return keys.map((key) => readKey(JSON.stringify(key), ACCEPTED_KEYS));
}

/** Without what of the key goes wrong: that would be the key. */
function readKey(json, name) {
  if (!json) throw new Error(`${name} is not in it`);
  try {
    const key = JSON.parse(json);
    if (key.crv !== 'Ed25519') throw new Error('another curve');
    createPublicKey({ key, format: 'jwk' });
    return key;
  } catch {
    throw new Error(`${name} is no Ed25519 key (JWK)`);
  }
}

function newKey() {
  const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { kty, crv, x, d };
}

function newSecret() {
  return randomBytes(32).toString('base64url');
}

function publicPart({ kty, crv, x }) {
  return { kty, crv, x };
}

/** The thumbprint of RFC 7638, as the key set and tokens have it. */
function kidOf({ crv, kty, x }) {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
}
