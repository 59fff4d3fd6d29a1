import { networkOf } from '../../engine/runtime/network.js';
import { Tally } from '../../engine/runtime/tally.js';
import { notedAddress } from './client-address.js';
import type { EngineServer, NodeWebSocket } from './engine-io-internals.js';
import type { Listener } from './listener.js';

/** For connections that have not shown yet who they are: some seconds later they are gone. */
const SPARE_SHARE = 2;

/**
 * Counts transport connections by network, those included that have not shown yet who they are. The
 * bound for sockets is kept at the handshake, with a code; this one keeps a flood of connections
 * without a handshake from being accepted at all.
 */
export class ConnectionCount {
  readonly #most: number;
  readonly #byNetwork = new Tally();

  /** @param perNetwork sockets that one network may have. */
  constructor(perNetwork: number) {
    this.#most = perNetwork * SPARE_SHARE;
  }

  /** Counts from now on. */
  watch(engine: EngineServer, transport: Listener['transport']): void {
    if (!Number.isFinite(this.#most)) return;
    engine.on('connection', (connection) => {
      const network = networkOf(notedAddress(connection.request));
      this.#byNetwork.change(network, 1);
      const gone = () => this.#byNetwork.change(network, -1);
      if (transport === 'uws') return connection.on('close', gone);
      // A peer that does not answer the goodbye keeps its connection for a moment.
      (connection.transport.socket as NodeWebSocket).once('close', gone);
    });
  }

  /** Whether no more connections are accepted from there. */
  isFull(address: string): boolean {
    return this.#byNetwork.of(networkOf(address)) >= this.#most;
  }
}
