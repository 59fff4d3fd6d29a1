import type { LocalBroadcaster } from '../../engine/fanout/local-broadcaster.port.js';
import type { FetchHandler } from './fetch-handler.js';

export interface ListenAddress {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** False: other processes may listen on the port too, and the kernel spreads the connections. */
  readonly exclusivePort: boolean;
}

/** What carries the sockets and the HTTP requests of one Socket.IO server. */
export interface Listener {
  readonly transport: 'uws' | 'ws';
  readonly broadcaster: LocalBroadcaster;
  /** Resolves with the port. Rejects when the port is taken. Once. */
  listen(address: ListenAddress, fetch: FetchHandler): Promise<number>;
  /** No new connections; those that are there go on. Can be repeated. */
  stopAccepting(): void;
  /**
   * Ends what is left after Socket.IO was closed: gives HTTP answers in flight `graceMs`, then cuts
   * every connection. Can be repeated.
   */
  close(graceMs: number): Promise<void>;
}
