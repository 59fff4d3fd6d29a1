import type { LocalBroadcaster } from '../../engine/fanout/local-broadcaster.port.js';
import { systemClock } from '../../engine/runtime/clock.js';
import type { Logger } from '../../engine/runtime/logger.js';
import type { Metrics } from '../../engine/runtime/metrics.js';
import { type HeaderOf, noteAddress } from './client-address.js';
import type { PinroomServer } from './engine-io-internals.js';
import type { FetchHandler, HeaderFields } from './fetch-handler.js';
import type { ListenAddress, Listener } from './listener.js';
import {
  NO_WEBSOCKET,
  noteRefusal,
  type Refusal,
  refusalBody,
  refusalHeaders,
  refusalOf,
  type UpgradeRules,
} from './origin-gate.js';
import { UwsBacklog } from './uws-backlog.js';
import { UwsBroadcaster } from './uws-broadcaster.js';
import { UwsHttp } from './uws-http.js';
import type {
  UwsApp,
  UwsBehavior,
  UwsListenSocket,
  UwsModule,
  UwsRequest,
  UwsResponse,
  UwsWebSocket,
} from './uws-native.js';

export interface UwsListenerOptions extends UpgradeRules {
  readonly uws: UwsModule;
  readonly maxBufferedBytes: number;
  /** What every answer gets that does not come from the fetch handler. */
  readonly answerHeaders: HeaderFields;
  readonly stallMs?: number;
  /** Called once for each socket that is seen to be cut for not reading. */
  readonly onSlow: () => void;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Engine.IO's pings come every 10 s; this is for peers that vanished without it noticing. */
const IDLE_SECONDS = 32;
const POLL_MS = 20;
const BUFFERED = 0;
const DROPPED = 2;

/** Socket.IO and HTTP on one uWebSockets.js app. One at a time in a process: Socket.IO patches. */
export class UwsListener implements Listener {
  readonly transport = 'uws';
  readonly broadcaster: LocalBroadcaster;
  readonly #options: UwsListenerOptions;
  readonly #app: UwsApp;
  readonly #backlog: UwsBacklog;
  #http: UwsHttp | null = null;
  #listening: UwsListenSocket | null = null;
  #closed = false;

  constructor(io: PinroomServer, options: UwsListenerOptions) {
    this.#options = options;
    this.#app = options.uws.App();
    this.#backlog = new UwsBacklog(io, options.maxBufferedBytes);
    io.attachApp(this.#guardedApp());
    const publish: UwsApp['publish'] = (topic, message, isBinary) =>
      !this.#closed && this.#app.publish(topic, message, isBinary);
    this.broadcaster = new UwsBroadcaster({ publish }, this.#backlog, options.logger);
  }

  async listen(address: ListenAddress, fetch: FetchHandler): Promise<number> {
    const { host, port, exclusivePort } = address;
    const { uws } = this.#options;
    this.#http = new UwsHttp(fetch, this.#options);
    this.#http.mount(this.#app);
    const flags = exclusivePort ? uws.LIBUS_LISTEN_EXCLUSIVE_PORT : 0;
    // Calls back before it returns.
    this.#app.listen(host, port, flags, (listenSocket) => {
      this.#listening = listenSocket || null;
    });
    if (!this.#listening) {
      throw new Error(
        `Cannot listen on ${host}:${port}: the port is in use, or the host is wrong.`,
      );
    }
    return uws.us_socket_local_port(this.#listening);
  }

  stopAccepting(): void {
    if (this.#listening) this.#options.uws.us_listen_socket_close(this.#listening);
    this.#listening = null;
  }

  async close(graceMs: number): Promise<void> {
    this.stopAccepting();
    if (this.#closed) return;
    const deadline = performance.now() + graceMs;
    while (this.#http?.pending && performance.now() < deadline) await systemClock.sleep(POLL_MS);
    this.#http?.abort();
    this.#closed = true;
    this.#app.close?.();
  }

  /** The app as Socket.IO gets it: what Engine.IO leaves out of its route is added on the way. */
  #guardedApp(): Pick<UwsApp, 'any' | 'ws' | 'publish'> {
    const app = this.#app;
    const guarded = {
      // Engine.IO's own handler could only say no, and not with our headers.
      any: (pattern: string) => {
        app.any(pattern, (res, req) => {
          this.#refuse(res, NO_WEBSOCKET, this.#addressOf(res, headersOf(req)));
        });
        return guarded as unknown as UwsApp;
      },
      ws: (pattern: string, behavior: UwsBehavior) => {
        app.ws(pattern, this.#guardedBehavior(behavior));
        return guarded as unknown as UwsApp;
      },
      publish: app.publish.bind(app),
    };
    return guarded;
  }

  #guardedBehavior(behavior: UwsBehavior): UwsBehavior {
    const options = this.#options;
    const backlog = this.#backlog;
    const noteDrop = this.#dropCounter();
    let watched: UwsWebSocket['send'] | undefined;
    const refuse = (res: UwsResponse, refusal: Refusal, address: string) =>
      this.#refuse(res, refusal, address);
    const addressOf = (res: UwsResponse, headerOf: HeaderOf) => this.#addressOf(res, headerOf);
    return {
      ...behavior,
      // A reader that is too slow is cut and resumes; otherwise it would lose messages in silence.
      closeOnBackpressureLimit: true,
      maxBackpressure: options.maxBufferedBytes,
      idleTimeout: IDLE_SECONDS,
      sendPingsAutomatically: false,
      upgrade(res, req, context) {
        const headerOf = headersOf(req);
        const address = addressOf(res, headerOf);
        const refusal = refusalOf({ address, headerOf, query: req.getQuery() ?? '' }, options);
        if (refusal) return refuse(res, refusal, address);
        noteAddress(req, address);
        behavior.upgrade?.(res, req, context);
      },
      open(ws) {
        // One function for all sockets: natively they have one, too.
        watched ??= watchedSend(ws.send, backlog, noteDrop);
        ws.send = watched;
        behavior.open?.(ws);
      },
      dropped: noteDrop,
      close(ws, code, message) {
        if (backlog.wasCut(ws, code)) noteDrop(ws);
        behavior.close?.(ws, code, message);
      },
    };
  }

  #addressOf(res: UwsResponse, headerOf: HeaderOf): string {
    const remoteAddress = Buffer.from(res.getRemoteAddressAsText()).toString();
    return this.#options.addressOf(remoteAddress, headerOf);
  }

  #refuse(res: UwsResponse, refusal: Refusal, address: string): void {
    noteRefusal(refusal, address, this.#options);
    res.writeStatus(refusal.status);
    const headers = { ...this.#options.answerHeaders, ...refusalHeaders(refusal) };
    for (const [name, value] of Object.entries(headers)) {
      res.writeHeader(name, value);
    }
    res.end(refusalBody(refusal));
  }

  #dropCounter(): (ws: UwsWebSocket) => void {
    const cut = new WeakSet<UwsWebSocket>();
    return (ws) => {
      if (cut.has(ws)) return;
      cut.add(ws);
      this.#options.onSlow();
    };
  }
}

/**
 * A header that comes twice counts as one with both values, as in node:http: the native look-up
 * finds the first one and Engine.IO keeps the last, so that a second cookie would go unseen here.
 */
function headersOf(req: UwsRequest): HeaderOf {
  const headers = new Map<string, string>();
  req.forEach((name, value) => {
    const before = headers.get(name);
    const separator = name === 'cookie' ? '; ' : ', ';
    headers.set(name, before === undefined ? value : before + separator + value);
  });
  return (name) => headers.get(name) || undefined;
}

/** Engine.IO does not look at what `send` answers. */
function watchedSend(
  send: UwsWebSocket['send'],
  backlog: UwsBacklog,
  noteDrop: (ws: UwsWebSocket) => void,
): UwsWebSocket['send'] {
  return function sendAndWatch(this: UwsWebSocket, message, isBinary, compress) {
    const result = send.call(this, message, isBinary, compress);
    if (result === DROPPED) noteDrop(this);
    else if (result === BUFFERED) backlog.note(this);
    else backlog.caughtUp(this);
    return result;
  };
}
