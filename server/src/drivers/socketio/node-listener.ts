import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { LocalBroadcaster } from '../../engine/fanout/local-broadcaster.port.js';
import { systemClock } from '../../engine/runtime/clock.js';
import type { Logger } from '../../engine/runtime/logger.js';
import type { Metrics } from '../../engine/runtime/metrics.js';
import { type HeaderOf, noteAddress } from './client-address.js';
import { engineOf, type PinroomServer } from './engine-io-internals.js';
import {
  type FetchHandler,
  type HeaderFields,
  MAX_BODY_BYTES,
  STALL_MS,
  withBoundedBody,
} from './fetch-handler.js';
import type { ListenAddress, Listener } from './listener.js';
import {
  NO_SOCKETS_HERE,
  NO_WEBSOCKET,
  noteRefusal,
  type Refusal,
  refusalBody,
  refusalHeaders,
  refusalOf,
  type UpgradeRules,
} from './origin-gate.js';
import { cutSlowConsumers } from './ws-backlog.js';
import { WsBroadcaster } from './ws-broadcaster.js';

export interface NodeListenerOptions extends UpgradeRules {
  readonly path: string;
  readonly maxBufferedBytes: number;
  readonly stallMs?: number;
  /** What every answer gets that does not come from the fetch handler. */
  readonly answerHeaders: HeaderFields;
  /** Turns a fetch-style handler into one of node:http. */
  readonly createNodeListener: (fetch: FetchHandler) => RequestListener;
  /** Called once for each socket that is cut for not reading. */
  readonly onSlow: () => void;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Against clients that send their request drop by drop. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** How often the server looks for those; by itself every 30 s, which would be their true bound. */
const LOOK_MS = 1_000;
/** How long a refused peer may take to go by itself, ms: it is to read why first. */
const REFUSED_GONE_MS = 1_000;

/** Socket.IO on `ws`, and HTTP, on one server of node:http. */
export class NodeListener implements Listener {
  readonly transport = 'ws';
  readonly broadcaster: LocalBroadcaster;
  readonly #options: NodeListenerOptions;
  readonly #server: Server;
  /** Upgraded connections, which the server does not count among its own. */
  readonly #upgraded = new Set<Duplex>();
  #onRequest: RequestListener = (_request, response) => {
    response.writeHead(503).end();
  };

  constructor(io: PinroomServer, options: NodeListenerOptions) {
    this.#options = options;
    this.#server = createServer({
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: LOOK_MS,
    });
    io.attach(this.#server);
    this.#guardRequests();
    this.#guardUpgrades();
    cutSlowConsumers(engineOf(io), options);
    this.broadcaster = new WsBroadcaster(io, options.logger);
  }

  listen(address: ListenAddress, fetch: FetchHandler): Promise<number> {
    const { host, port, exclusivePort } = address;
    this.#onRequest = this.#options.createNodeListener(
      withBoundedBody(fetch, MAX_BODY_BYTES, this.#options),
    );
    return new Promise((resolve, reject) => {
      const refused = (fault: NodeJS.ErrnoException) => {
        const why = fault.code === 'EADDRINUSE' ? 'the port is in use' : fault.message;
        reject(new Error(`Cannot listen on ${host}:${port}: ${why}.`, { cause: fault }));
      };
      this.#server.once('error', refused);
      this.#server.listen({ host, port, exclusive: exclusivePort }, () => {
        this.#server.off('error', refused);
        this.#server.on('error', (fault) => {
          this.#options.logger.error({ err: fault }, 'the HTTP server reported an error');
        });
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  stopAccepting(): void {
    if (this.#server.listening) this.#server.close();
  }

  async close(graceMs: number): Promise<void> {
    this.stopAccepting();
    this.#server.closeIdleConnections();
    const giveUp = new AbortController();
    this.#server.once('close', () => giveUp.abort());
    // Emits the event that may have been missed, if nothing is left.
    this.#server.close();
    await systemClock.sleep(graceMs, giveUp.signal);
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
  }

  /** Engine.IO's own handler could only say no, and not with our headers. */
  #guardRequests(): void {
    const { answerHeaders, path, stallMs = STALL_MS } = this.#options;
    this.#server.removeAllListeners('request');
    this.#server.on('request', (request, response) => {
      response.setTimeout(stallMs, () => {
        // Silence before the answer begins is ours.
        if (response.headersSent) response.destroy();
      });
      if (targetOf(request).path !== path) return this.#onRequest(request, response);
      noteRefusal(NO_WEBSOCKET, this.#addressOf(request), this.#options);
      response.statusCode = Number.parseInt(NO_WEBSOCKET.status, 10);
      const headers = { ...answerHeaders, ...refusalHeaders(NO_WEBSOCKET) };
      response.setHeaders(new Map(Object.entries(headers)));
      response.end(refusalBody(NO_WEBSOCKET));
    });
  }

  /** Engine.IO answers a refused upgrade with 400 whatever the reason, and has no other say. */
  #guardUpgrades(): void {
    const [engineUpgrade] = this.#server.listeners('upgrade') as UpgradeListener[];
    this.#server.removeAllListeners('upgrade');
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      const { path, query } = targetOf(request);
      const address = this.#addressOf(request);
      if (path !== this.#options.path) return this.#refuse(socket, NO_SOCKETS_HERE, address);
      const headerOf = headerReader(request.headers);
      const refusal = refusalOf({ address, headerOf, query }, this.#options);
      if (refusal) return this.#refuse(socket, refusal, address);
      noteAddress(request, address);
      this.#upgraded.add(socket);
      socket.once('close', () => this.#upgraded.delete(socket));
      engineUpgrade?.(request, socket, head);
    });
  }

  #addressOf({ headers, socket }: IncomingMessage): string {
    return this.#options.addressOf(socket.remoteAddress ?? '', headerReader(headers));
  }

  #refuse(socket: Duplex, refusal: Refusal, address: string): void {
    noteRefusal(refusal, address, this.#options);
    const body = refusalBody(refusal);
    const headers = { ...this.#options.answerHeaders, ...refusalHeaders(refusal) };
    socket.end(headOf(refusal.status, headers, Buffer.byteLength(body)) + body);
    // Half closed, it would stay for as long as the peer likes.
    const timer = setTimeout(() => socket.destroy(), REFUSED_GONE_MS);
    socket.once('close', () => clearTimeout(timer));
  }
}

/** Reads headers as node:http keeps them. */
function headerReader(headers: IncomingHttpHeaders): HeaderOf {
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

/** Path and query of a request; all after the first question mark is the query. */
function targetOf({ url = '' }: IncomingMessage): { path: string; query: string } {
  const mark = url.indexOf('?');
  return mark < 0
    ? { path: url, query: '' }
    : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

function headOf(status: string, headers: HeaderFields, bodyBytes: number): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: ${bodyBytes}\r\n${lines.join('')}\r\n`;
}
