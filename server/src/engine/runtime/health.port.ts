export interface HealthReport {
  readonly ready: boolean;
  readonly status: 'ok' | 'degraded' | 'starting' | 'draining';
  /** For each backend whether it answers. */
  readonly backends: { readonly [name: string]: 'up' | 'down' };
  readonly reasons: readonly string[];
}

export interface Health {
  report(): HealthReport;
}
