import { LIMITS } from '@pinroom/client/contract';
import type { Config, Rates } from './config.js';
import { type Environment, EnvironmentReader } from './environment-reader.js';
import type { VariableName } from './variables.js';

const YEAR_SECONDS = 31_536_000;
/** Whoever guesses a secret, also one that is merely accepted, makes refresh tokens of any session. */
const SHORTEST_SECRET = 32;
const MOST_WORKERS = 256;
const KEYS_HINT = '`npx pinroom keys` makes one, in .pinroom.env';

/** The configuration is not usable; `faults` says everything that is wrong with it. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Environment → frozen configuration, or a ConfigError with all faults at once. */
export function loadConfig(environment: Environment): Config {
  const env = new EnvironmentReader(environment);
  const config: Config = {
    host: env.text('HOST'),
    port: env.number('PORT', 0, 65_535),
    ...readBackends(env),
    transport: env.oneOf('PINROOM_TRANSPORT', ['auto', 'uws', 'ws']),
    workers: readWorkers(env),
    ...readWeb(env),
    ...readKeys(env),
    ...readRooms(env),
    rates: readRates(env),
    dataDir: env.text('PINROOM_DATA_DIR'),
    accessTtlMs: env.seconds('PINROOM_ACCESS_TTL_SECONDS', 1, 86_400),
    refreshTtlMs: env.seconds('PINROOM_REFRESH_TTL_SECONDS', 1, YEAR_SECONDS),
    sessionMaxMs: env.seconds('PINROOM_SESSION_MAX_SECONDS', 1, 100 * YEAR_SECONDS),
    channelKeep: env.number('PINROOM_CHANNEL_KEEP', 1, 1_000_000),
    backlogEntries: env.number('PINROOM_BACKLOG_ENTRIES', 1, 100_000_000),
    archiveDays: env.number('PINROOM_ARCHIVE_DAYS', 0, 36_500, false),
    drainMs: env.seconds('PINROOM_DRAIN_SECONDS', 0, 3_600),
    maxPayloadBytes: env.number('PINROOM_MAX_PAYLOAD_BYTES', 1_024, 1_048_576),
    maxBufferedBytes: env.number('PINROOM_MAX_BUFFERED_BYTES', 16_384, 1_073_741_824),
    unknownVariables: env.unknownNames(),
    operatorToken: readToken(env, 'PINROOM_OPERATOR_TOKEN'),
    apiKey: readToken(env, 'PINROOM_API_KEY'),
    logLevel: env.oneOf('PINROOM_LOG_LEVEL', [
      'info',
      'trace',
      'debug',
      'warn',
      'error',
      'fatal',
      'silent',
    ]),
  };
  if (env.faults.length > 0) throw new ConfigError(env.faults);
  return Object.freeze(config);
}

function readBackends(env: EnvironmentReader) {
  const redisUrls = env.list('REDIS_URL');
  const databaseUrl = env.optional('DATABASE_URL');
  if (redisUrls.some((url) => !isUrl(url, ['redis:', 'rediss:']))) {
    env.fault('REDIS_URL', 'must be a redis:// or rediss:// URL, or several, comma-separated');
  }
  if (databaseUrl !== null && !isUrl(databaseUrl, ['postgres:', 'postgresql:'])) {
    env.fault('DATABASE_URL', 'must be a postgres:// URL');
  }
  if (redisUrls.length > 0 && databaseUrl === null) {
    env.fault(
      'DATABASE_URL',
      'is required with REDIS_URL: several nodes need one archive. Set it, or unset REDIS_URL',
    );
  }
  return { redisUrls: redisUrls.length > 0 ? redisUrls : null, databaseUrl };
}

function readWorkers(env: EnvironmentReader): Config['workers'] {
  if (env.text('PINROOM_WORKERS') === '1') return 1;
  const isAuto = env.text('PINROOM_WORKERS') === 'auto';
  const workers = isAuto ? 'auto' : env.number('PINROOM_WORKERS', 1, MOST_WORKERS);
  if (env.optional('REDIS_URL') === null) {
    env.fault(
      'PINROOM_WORKERS',
      'needs REDIS_URL and DATABASE_URL, as the embedded drivers belong to one process. Set both, or unset it',
    );
  }
  if (env.text('PINROOM_TRANSPORT') === 'ws') {
    env.fault(
      'PINROOM_WORKERS',
      'needs uWebSockets.js: with PINROOM_TRANSPORT=ws several processes cannot share a port. Set that to auto or uws, or unset this',
    );
  }
  return workers;
}

function readWeb(env: EnvironmentReader) {
  const publicUrl = env.optional('PINROOM_PUBLIC_URL');
  if (publicUrl !== null && !isUrl(publicUrl, ['http:', 'https:'])) {
    env.fault('PINROOM_PUBLIC_URL', 'must be an http:// or https:// URL');
  }
  const allowedOrigins = env.list('PINROOM_ALLOWED_ORIGINS');
  for (const origin of allowedOrigins) {
    if (origin === '*') continue;
    if (!isUrl(origin, ['http:', 'https:']) || new URL(origin).origin !== origin.toLowerCase()) {
      env.fault(
        'PINROOM_ALLOWED_ORIGINS',
        'must hold origins such as https://app.example.com, without a path or a slash at the end',
      );
    }
  }
  return { publicUrl, allowedOrigins, trustProxy: env.number('PINROOM_TRUST_PROXY', 0, 16) };
}

function readKeys(env: EnvironmentReader) {
  const jwtPrivateKey = env.json('PINROOM_JWT_PRIVATE_KEY');
  const previous = env.json('PINROOM_JWT_PREVIOUS_KEYS') ?? [];
  const tokenSecret = env.optional('PINROOM_TOKEN_SECRET');
  const withRedis = env.optional('REDIS_URL') !== null;
  if (withRedis && env.optional('PINROOM_JWT_PRIVATE_KEY') === null) {
    env.fault(
      'PINROOM_JWT_PRIVATE_KEY',
      `is required with REDIS_URL: all nodes sign with one key. ${KEYS_HINT}`,
    );
  }
  if (jwtPrivateKey !== null && !isEd25519(jwtPrivateKey, true)) {
    env.fault('PINROOM_JWT_PRIVATE_KEY', 'must be an Ed25519 private key as a JWK with x and d');
  }
  if (!Array.isArray(previous) || !previous.every((key) => isEd25519(key, false))) {
    env.fault('PINROOM_JWT_PREVIOUS_KEYS', 'must be a JSON array of Ed25519 keys (JWK)');
  }
  if (withRedis && tokenSecret === null) {
    env.fault(
      'PINROOM_TOKEN_SECRET',
      `is required with REDIS_URL: all nodes share one secret. ${KEYS_HINT}`,
    );
  }
  if (tokenSecret !== null && tokenSecret.length < SHORTEST_SECRET) {
    env.fault('PINROOM_TOKEN_SECRET', `must have at least ${SHORTEST_SECRET} characters`);
  }
  const previousTokenSecrets = env.list('PINROOM_PREVIOUS_TOKEN_SECRETS');
  if (previousTokenSecrets.some((secret) => secret.length < SHORTEST_SECRET)) {
    env.fault(
      'PINROOM_PREVIOUS_TOKEN_SECRETS',
      `must hold secrets of at least ${SHORTEST_SECRET} characters each`,
    );
  }
  return {
    jwtPrivateKey: isObject(jwtPrivateKey) ? jwtPrivateKey : null,
    jwtPreviousKeys: Array.isArray(previous) ? previous.filter(isObject) : [],
    tokenSecret,
    previousTokenSecrets,
  };
}

function readRooms(env: EnvironmentReader) {
  const { pinMinLength, pinMaxLength } = LIMITS;
  const rooms = {
    pinLength: env.number('PINROOM_PIN_LENGTH', pinMinLength, pinMaxLength),
    pinMaxLength: env.number('PINROOM_PIN_MAX_LENGTH', pinMinLength, pinMaxLength),
    pinDensity: env.number('PINROOM_PIN_DENSITY', 0.000001, 1, false),
    pinQuarantineMs: env.seconds('PINROOM_PIN_QUARANTINE_SECONDS', 0, YEAR_SECONDS),
    roomTtlMs: env.seconds('PINROOM_ROOM_TTL_SECONDS', 1, YEAR_SECONDS),
    roomMaxMs: env.seconds('PINROOM_ROOM_MAX_SECONDS', 1, YEAR_SECONDS),
    rejoinGraceMs: env.seconds('PINROOM_REJOIN_GRACE_SECONDS', 0, 86_400),
  };
  if (rooms.pinLength > rooms.pinMaxLength) {
    env.fault('PINROOM_PIN_MAX_LENGTH', 'must not be below PINROOM_PIN_LENGTH');
  }
  return rooms;
}

function readRates(env: EnvironmentReader): Rates {
  const isOn = env.oneOf('PINROOM_RATE_LIMITS', ['on', 'off']) === 'on';
  const limit = (name: VariableName, whole = true) => {
    const value = env.number(name, whole ? 1 : 0.01, 1_000_000_000, whole);
    return isOn ? value : Number.POSITIVE_INFINITY;
  };
  return {
    burstSeconds: env.number('PINROOM_RATE_BURST_SECONDS', 1, 3_600),
    commandsPerSocket: limit('PINROOM_RATE_COMMANDS_PER_SOCKET', false),
    entriesPerUser: limit('PINROOM_RATE_ENTRIES_PER_USER', false),
    entriesPerHost: limit('PINROOM_RATE_ENTRIES_PER_HOST', false),
    pinTriesPerSession: limit('PINROOM_RATE_PIN_TRIES_PER_SESSION'),
    pinTriesPerAddress: limit('PINROOM_RATE_PIN_TRIES_PER_ADDRESS'),
    sessionsPerAddress: limit('PINROOM_RATE_SESSIONS_PER_ADDRESS'),
    handshakesPerAddress: limit('PINROOM_RATE_HANDSHAKES_PER_ADDRESS'),
    refreshesPerAddress: limit('PINROOM_RATE_REFRESHES_PER_ADDRESS'),
    roomsPerUser: limit('PINROOM_RATE_ROOMS_PER_USER'),
    roomsPerAddress: limit('PINROOM_RATE_ROOMS_PER_ADDRESS'),
    socketsPerUser: limit('PINROOM_RATE_SOCKETS_PER_USER'),
    socketsPerAddress: limit('PINROOM_RATE_SOCKETS_PER_ADDRESS'),
    roomsPerSocket: limit('PINROOM_RATE_ROOMS_PER_SOCKET'),
    renamesPerUser: limit('PINROOM_RATE_RENAMES_PER_USER'),
  };
}

function readToken(
  env: EnvironmentReader,
  name: 'PINROOM_OPERATOR_TOKEN' | 'PINROOM_API_KEY',
): string | null {
  const token = env.optional(name);
  if (token !== null && token.length < 16) env.fault(name, 'must have at least 16 characters');
  return token;
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEd25519(value: unknown, withPrivatePart: boolean): boolean {
  if (!isObject(value)) return false;
  const key = value as { kty?: unknown; crv?: unknown; x?: unknown; d?: unknown };
  return (
    key.kty === 'OKP' &&
    key.crv === 'Ed25519' &&
    typeof key.x === 'string' &&
    (!withPrivatePart || typeof key.d === 'string')
  );
}
