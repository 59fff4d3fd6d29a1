/** Limits; all of them Infinity where they are switched off. Per second where nothing else is said. */
export interface Rates {
  /** How many seconds' worth of commands and of entries may come at once. */
  readonly burstSeconds: number;
  readonly commandsPerSocket: number;
  /** Of players and spectators, in one room. */
  readonly entriesPerUser: number;
  readonly entriesPerHost: number;
  /** Wrong, distinct PINs a minute. */
  readonly pinTriesPerSession: number;
  readonly pinTriesPerAddress: number;
  /** New sessions in ten minutes. */
  readonly sessionsPerAddress: number;
  /** A minute. */
  readonly handshakesPerAddress: number;
  readonly refreshesPerAddress: number;
  /** New rooms an hour. */
  readonly roomsPerUser: number;
  readonly roomsPerAddress: number;
  /** At the same time, on one node. */
  readonly socketsPerUser: number;
  readonly socketsPerAddress: number;
  readonly roomsPerSocket: number;
  readonly renamesPerUser: number;
}

/** What an operator may set, parsed and checked once. Times are milliseconds, sizes bytes. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Null: the embedded drivers. Several: a Cluster. */
  readonly redisUrls: readonly string[] | null;
  /** Null: the embedded archive. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly transport: 'auto' | 'uws' | 'ws';
  /** Processes on the port; `auto`: one for each core. 1: this process is the node. */
  readonly workers: number | 'auto';
  /** Origin with scheme, or null: the request's own host. */
  readonly publicUrl: string | null;
  readonly allowedOrigins: readonly string[];
  readonly trustProxy: number;
  /** JWK; null: made and kept in the data directory. */
  readonly jwtPrivateKey: object | null;
  readonly jwtPreviousKeys: readonly object[];
  readonly tokenSecret: string | null;
  readonly previousTokenSecrets: readonly string[];
  readonly accessTtlMs: number;
  readonly refreshTtlMs: number;
  readonly sessionMaxMs: number;
  readonly pinLength: number;
  readonly pinMaxLength: number;
  readonly pinDensity: number;
  readonly pinQuarantineMs: number;
  readonly roomTtlMs: number;
  readonly roomMaxMs: number;
  readonly rejoinGraceMs: number;
  readonly channelKeep: number;
  readonly backlogEntries: number;
  /** Closed rooms older than this are deleted; 0: never. */
  readonly archiveDays: number;
  readonly drainMs: number;
  readonly maxPayloadBytes: number;
  readonly maxBufferedBytes: number;
  readonly rates: Rates;
  /** Names that look like variables of Pinroom and are none: misspelt, most likely. */
  readonly unknownVariables: readonly string[];
  readonly operatorToken: string | null;
  readonly apiKey: string | null;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
}
