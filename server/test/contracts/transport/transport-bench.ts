import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { ErrorCode } from '@pinroom/client/contract';
import { chooseTransport } from '../../../src/drivers/socketio/load-uws.js';
import {
  openSocketServer,
  type SocketServer,
} from '../../../src/drivers/socketio/socketio-server.js';
import type { Caller } from '../../../src/engine/auth/caller.port.js';
import type {
  ClientConnection,
  ClientSocket,
  CommandResult,
  ConnectionHandler,
  HandshakeCredentials,
} from '../../../src/engine/connection/connection-handler.port.js';
import { AppError } from '../../../src/engine/runtime/app-error.js';
import type { Logger } from '../../../src/engine/runtime/logger.js';
import type { Metrics } from '../../../src/engine/runtime/metrics.js';
import { afterFile } from '../../support/after-file.js';

type ServerOptions = Parameters<typeof openSocketServer>[0];

/** Every transport that this machine can carry: native uWebSockets.js where it loads, and `ws`. */
export const TRANSPORTS: readonly ('uws' | 'ws')[] = chooseTransport('auto').uws
  ? ['uws', 'ws']
  : ['ws'];

export const OWN_PAGE = 'https://pinroom.example';
export const MAX_PAYLOAD_BYTES = 16_384;

/** Faults that the server logged; a test that expects none looks here. */
export class RecordingLogger implements Logger {
  readonly faults: unknown[] = [];
  debug(): void {}
  info(): void {}
  warn(fields: object): void {
    this.faults.push(fields);
  }
  error(fields: object): void {
    this.faults.push(fields);
  }
}

/** Counters by `name` or `name{code}`. */
export class RecordingMetrics implements Metrics {
  readonly values = new Map<string, number>();
  count(name: string, labels: { readonly [label: string]: string } = {}, by = 1): void {
    const key = labels.code === undefined ? name : `${name}{${labels.code}}`;
    this.values.set(key, (this.values.get(key) ?? 0) + by);
  }
  set(name: string, value: number): void {
    this.values.set(name, value);
  }
  observe(): void {}
}

/** What the engine would see of one client. */
export class SeenClient implements ClientConnection {
  readonly caller: Caller;
  readonly socket: ClientSocket;
  readonly commands: { name: string; payload: unknown }[] = [];
  readonly unreadableCodes: ErrorCode[] = [];
  closedTimes = 0;

  constructor(caller: Caller, socket: ClientSocket) {
    this.caller = caller;
    this.socket = socket;
  }

  async command(name: string, payload: unknown): Promise<CommandResult> {
    this.commands.push({ name, payload });
    if (name === 'room:fail') throw new Error('a bug');
    if (name === 'room:send') return { ok: true, data: { echoed: payload ?? null } };
    return { ok: false, error: { code: 'bad_request', message: 'unknown command' } };
  }

  unreadable(code: ErrorCode): CommandResult {
    this.unreadableCodes.push(code);
    return { ok: false, error: { code, message: 'unreadable' } };
  }

  async closed(): Promise<void> {
    this.closedTimes += 1;
  }
}

/** Lets in whoever shows the token or the refresh token `good`. */
export class RecordingHandler implements ConnectionHandler {
  readonly shown: HandshakeCredentials[] = [];
  readonly clients: SeenClient[] = [];

  async authenticate(credentials: HandshakeCredentials): Promise<Caller> {
    this.shown.push(credentials);
    if (credentials.token === 'busy') {
      throw new AppError('rate_limited', 'slow down', { retryAfterMs: 1_234 });
    }
    if (credentials.token === 'bug') throw new Error('secret detail');
    if (credentials.token !== 'good' && credentials.refreshToken !== 'good') {
      throw new AppError('unauthenticated');
    }
    const never = Number.MAX_SAFE_INTEGER;
    return {
      kind: 'user',
      userId: 'u1',
      sessionId: 's1',
      nickname: 'Ada',
      network: 'n',
      authorisedUntil: never,
      sessionExpiresAt: never,
      sessionEndsBy: never,
    };
  }

  connected(caller: Caller, socket: ClientSocket): ClientConnection {
    const client = new SeenClient(caller, socket);
    this.clients.push(client);
    socket.emit('session:ready', {
      userId: caller.userId,
      nickname: caller.nickname,
      nodeId: 'n1',
      serverTime: 0,
      protocol: 1,
    });
    return client;
  }
}

export interface Bench {
  readonly server: SocketServer;
  readonly handler: RecordingHandler;
  readonly logger: RecordingLogger;
  readonly metrics: RecordingMetrics;
  /** `127.0.0.1:<port>` */
  readonly host: string;
}

/** A server on a free port; one at a time in a process. Closed after the file if not before. */
export async function openBench(
  transport: 'uws' | 'ws',
  overrides: Partial<ServerOptions> = {},
): Promise<Bench> {
  const handler = new RecordingHandler();
  const logger = new RecordingLogger();
  const metrics = new RecordingMetrics();
  const server = await openSocketServer({
    transport,
    host: '127.0.0.1',
    port: 0,
    exclusivePort: true,
    maxPayloadBytes: MAX_PAYLOAD_BYTES,
    maxBufferedBytes: 1_048_576,
    isOriginAllowed: (origin) => origin === OWN_PAGE,
    addressOf: (remoteAddress) => remoteAddress,
    socketsPerNetwork: 10_000,
    refreshCookie: 'pinroom_refresh',
    answerHeaders: { 'x-content-type-options': 'nosniff' },
    createNodeListener: (fetch) =>
      getRequestListener((request, env) => {
        const { remoteAddress = '' } = (env as HttpBindings).incoming.socket;
        return fetch(request, { remoteAddress });
      }),
    handler,
    fetch: async () => new Response('nothing here', { status: 404 }),
    logger,
    metrics,
    ...overrides,
  });
  afterFile(() => server.close());
  return { server, handler, logger, metrics, host: `127.0.0.1:${server.port}` };
}
