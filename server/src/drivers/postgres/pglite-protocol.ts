/** Keep the embedded PostgreSQL small; given at every open. */
export const EMBEDDED_SETTINGS: readonly string[] = ['shared_buffers=8MB', 'max_wal_size=64MB'];

export interface WorkerRequest {
  /** From 1 on. */
  readonly id: number;
  /** Null: close the database and end. */
  readonly sql: string | null;
  readonly parameters: readonly unknown[];
}

export interface PgliteResult {
  readonly rows: readonly unknown[];
  readonly affectedRows: number;
  /** `SELECT`, `INSERT` …; null where there is none. */
  readonly command: string | null;
}

/** What is copied of an error of the server. */
export interface FaultFields {
  readonly message: string;
  readonly code?: unknown;
  readonly severity?: unknown;
  readonly constraint?: unknown;
  readonly detail?: unknown;
  readonly table?: unknown;
}

/** `id` 0 says once that the database is open. */
export type WorkerReply =
  | ({ readonly id: number } & PgliteResult)
  | { readonly id: number; readonly fault: FaultFields };
