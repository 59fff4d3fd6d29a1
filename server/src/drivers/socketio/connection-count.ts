import type { IncomingHttpHeaders } from 'node:http';
import { networkOf } from '../../engine/runtime/network.js';
import type { EngineServer } from './engine-io-internals.js';
import { type AddressOf, type HeaderOf, headerReader } from './origin-gate.js';

/** For connections that have not shown yet who they are: some seconds later they are gone. */
const SPARE_SHARE = 2;

/**
 * Counts transport connections by network, those included that have not shown yet who they are. The
 * bound for sockets is kept at the handshake, with a code; this one keeps a flood of connections
 * without a handshake from being accepted at all.
 */
export class ConnectionCount {
  readonly #most: number;
  readonly #addressOf: AddressOf;
  readonly #byNetwork = new Map<string, number>();

  /** @param perNetwork sockets that one network may have. */
  constructor(engine: EngineServer, perNetwork: number, addressOf: AddressOf) {
    this.#most = perNetwork * SPARE_SHARE;
    this.#addressOf = addressOf;
    if (!Number.isFinite(perNetwork)) return;
    engine.on('connection', (connection) => {
      const { headers } = connection.request as { headers: IncomingHttpHeaders };
      const network = this.#networkOf(connection.remoteAddress, headerReader(headers));
      this.#change(network, 1);
      connection.on('close', () => this.#change(network, -1));
    });
  }

  /** Whether no more connections are accepted from there. */
  isFull(remoteAddress: string, headerOf: HeaderOf): boolean {
    return (this.#byNetwork.get(this.#networkOf(remoteAddress, headerOf)) ?? 0) >= this.#most;
  }

  #networkOf(remoteAddress: string, headerOf: HeaderOf): string {
    return networkOf(this.#addressOf(remoteAddress, headerOf));
  }

  #change(network: string, by: number): void {
    const count = (this.#byNetwork.get(network) ?? 0) + by;
    if (count > 0) this.#byNetwork.set(network, count);
    else this.#byNetwork.delete(network);
  }
}
