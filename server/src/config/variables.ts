/** Every environment variable: its default as the README shows it, and what it means. */
export const VARIABLES = {
  HOST: { fallback: '0.0.0.0', meaning: 'Address to listen on.' },
  PORT: { fallback: '3000', meaning: 'Port to listen on; 0 takes a free one.' },
  REDIS_URL: {
    fallback: '',
    meaning: 'Redis ≥ 7: `redis://` or `rediss://`; several, comma-separated, for a Cluster.',
  },
  DATABASE_URL: { fallback: '', meaning: 'PostgreSQL: `postgres://`.' },
  PINROOM_DATA_DIR: {
    fallback: '.pinroom',
    meaning: 'Where the embedded archive and development keys are kept.',
  },
  PINROOM_TRANSPORT: {
    fallback: 'auto',
    meaning: '`uws` (uWebSockets.js), `ws` (Node), or `auto`: the first that loads.',
  },
  PINROOM_WORKERS: {
    fallback: '1',
    meaning:
      'Processes that share the port, each a node; `auto`: one for each core. More than one needs Redis, PostgreSQL, uWebSockets.js and Linux.',
  },
  PINROOM_PUBLIC_URL: {
    fallback: '',
    meaning: 'The address that browsers use: decides own origin, `Secure` on cookies and HSTS.',
  },
  PINROOM_ALLOWED_ORIGINS: {
    fallback: '',
    meaning: 'Further origins whose pages may connect, comma-separated; `*` for all.',
  },
  PINROOM_TRUST_PROXY: {
    fallback: '0',
    meaning: 'How many proxies’ `X-Forwarded-For` to believe.',
  },
  PINROOM_JWT_PRIVATE_KEY: {
    fallback: '',
    meaning: 'Ed25519 private key (JWK) that signs access tokens. Required with `REDIS_URL`.',
  },
  PINROOM_JWT_PREVIOUS_KEYS: {
    fallback: '',
    meaning:
      'JSON array of further keys (JWK) whose tokens are accepted: earlier ones, the next one.',
  },
  PINROOM_TOKEN_SECRET: {
    fallback: '',
    meaning: 'Secret of at least 32 characters behind refresh tokens. Required with `REDIS_URL`.',
  },
  PINROOM_PREVIOUS_TOKEN_SECRETS: {
    fallback: '',
    meaning: 'Further secrets that are accepted, comma-separated; as long as the one in use.',
  },
  PINROOM_ACCESS_TTL_SECONDS: { fallback: '600', meaning: 'Life of an access token.' },
  PINROOM_REFRESH_TTL_SECONDS: {
    fallback: '2592000',
    meaning: 'Life of a refresh token that nobody uses.',
  },
  PINROOM_SESSION_MAX_SECONDS: {
    fallback: '15552000',
    meaning:
      'No session lives longer, however often it is refreshed; below the life of a refresh token, this decides.',
  },
  PINROOM_PIN_LENGTH: { fallback: '6', meaning: 'Digits of the shortest PINs (4 to 12).' },
  PINROOM_PIN_MAX_LENGTH: { fallback: '9', meaning: 'Digits of the longest PINs.' },
  PINROOM_PIN_DENSITY: {
    fallback: '0.05',
    meaning: 'Share of a length’s PINs in use before new rooms get a longer one.',
  },
  PINROOM_PIN_QUARANTINE_SECONDS: {
    fallback: '3600',
    meaning: 'How long a closed room’s PIN rests before it is given out again.',
  },
  PINROOM_ROOM_TTL_SECONDS: {
    fallback: '14400',
    meaning: 'A room closes after this long without activity.',
  },
  PINROOM_ROOM_MAX_SECONDS: {
    fallback: '86400',
    meaning: 'A room closes at the latest after this long.',
  },
  PINROOM_REJOIN_GRACE_SECONDS: {
    fallback: '30',
    meaning: 'How long a member whose last socket dropped keeps the place.',
  },
  PINROOM_CHANNEL_KEEP: {
    fallback: '1000',
    meaning: 'Entries of a channel kept in Redis after they are archived.',
  },
  PINROOM_BACKLOG_ENTRIES: {
    fallback: '100000',
    meaning: 'Entries of a room that may wait for the archive before sends get `backlog_full`.',
  },
  PINROOM_ARCHIVE_DAYS: {
    fallback: '0',
    meaning: 'Closed rooms older than this are deleted from the archive; `0` keeps them for ever.',
  },
  PINROOM_DRAIN_SECONDS: {
    fallback: '30',
    meaning: 'Time for a clean stop; over a third of it clients go to other nodes.',
  },
  PINROOM_MAX_PAYLOAD_BYTES: { fallback: '16384', meaning: 'Size of one packet.' },
  PINROOM_MAX_BUFFERED_BYTES: {
    fallback: '1048576',
    meaning: 'Unsent bytes at which a consumer is slow and is disconnected.',
  },
  PINROOM_RATE_LIMITS: {
    fallback: 'on',
    meaning: '`off` switches every rate limit off: for load tests on one’s own machine.',
  },
  PINROOM_RATE_BURST_SECONDS: {
    fallback: '5',
    meaning: 'How many seconds’ worth of commands, and of entries, may come at once.',
  },
  PINROOM_RATE_COMMANDS_PER_SOCKET: {
    fallback: '20',
    meaning: 'Commands a second of one socket (over HTTP: of one session on one node).',
  },
  PINROOM_RATE_ENTRIES_PER_USER: {
    fallback: '5',
    meaning: 'Entries a second of one player or spectator in one room.',
  },
  PINROOM_RATE_ENTRIES_PER_HOST: {
    fallback: '20',
    meaning: 'Entries a second of one host in one room.',
  },
  PINROOM_RATE_PIN_TRIES_PER_SESSION: {
    fallback: '10',
    meaning: 'Different wrong PINs and passcodes of one session in a minute.',
  },
  PINROOM_RATE_PIN_TRIES_PER_ADDRESS: {
    fallback: '100',
    meaning:
      'Different wrong PINs and passcodes from one address in a minute; beyond it each session there has one try a minute, and those that were wrong before share as many again.',
  },
  PINROOM_RATE_SESSIONS_PER_ADDRESS: {
    fallback: '600',
    meaning: 'New sessions from one address in 10 minutes.',
  },
  PINROOM_RATE_HANDSHAKES_PER_ADDRESS: {
    fallback: '3000',
    meaning: 'Handshakes with a good access token from one address in a minute.',
  },
  PINROOM_RATE_REFRESHES_PER_ADDRESS: {
    fallback: '3000',
    meaning:
      'Refreshes, handshakes by refresh token, and tokens that are not good, from one address in a minute.',
  },
  PINROOM_RATE_ROOMS_PER_USER: {
    fallback: '60',
    meaning: 'Rooms that one user opens, or gives another PIN, in an hour.',
  },
  PINROOM_RATE_ROOMS_PER_ADDRESS: {
    fallback: '6000',
    meaning: 'Rooms that are opened, or given another PIN, from one address in an hour.',
  },
  PINROOM_RATE_SOCKETS_PER_USER: {
    fallback: '20',
    meaning: 'Open sockets of one user on one node.',
  },
  PINROOM_RATE_SOCKETS_PER_ADDRESS: {
    fallback: '1000',
    meaning: 'Open sockets from one address on one node.',
  },
  PINROOM_RATE_ROOMS_PER_SOCKET: {
    fallback: '20',
    meaning: 'Rooms that one socket may be in.',
  },
  PINROOM_RATE_RENAMES_PER_USER: {
    fallback: '10',
    meaning: 'How often one user may take another nickname in one room, in a minute.',
  },
  PINROOM_OPERATOR_TOKEN: {
    fallback: '',
    meaning:
      'Opens `/metrics` and `/api/ops/…` (Bearer); at least 16 characters. Unset: made and printed at start without Redis, else these are 404.',
  },
  PINROOM_API_KEY: {
    fallback: '',
    meaning:
      'Lets an application’s own server act over HTTP as a host of any room (Bearer); at least 16 characters.',
  },
  PINROOM_LOG_LEVEL: {
    fallback: 'info',
    meaning: '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.',
  },
} as const;

export type VariableName = keyof typeof VARIABLES;
