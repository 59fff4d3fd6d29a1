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
  readonly rateLimits: boolean;
  /** Names that look like variables of Pinroom and are none: misspelt, most likely. */
  readonly unknownVariables: readonly string[];
  readonly operatorToken: string | null;
  readonly apiKey: string | null;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
}
