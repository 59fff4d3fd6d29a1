import type { WireError } from '@pinroom/client/contract';
import type {
  ConnectionHandler,
  HandshakeCredentials,
} from '../../engine/connection/connection-handler.port.js';
import { AppError, toWireError, unavailable } from '../../engine/runtime/app-error.js';
import type { Logger } from '../../engine/runtime/logger.js';
import type { Metrics } from '../../engine/runtime/metrics.js';
import { networkOf } from '../../engine/runtime/network.js';
import { readCookie } from '../headers/read-cookie.js';
import { withDeadline } from './call-deadline.js';
import { notedAddress } from './client-address.js';
import { connectionOf, type EngineConnection, type PinroomSocket } from './engine-io-internals.js';

/**
 * How long the check may take. Below the time after which Socket.IO closes a connection that has
 * not got through, so that the client is told why.
 */
const CHECK_MS = 4_500;

/** Becomes the client's `connect_error`; Socket.IO sends `message` and `data`. */
class HandshakeError extends Error {
  readonly data: WireError;

  constructor(error: WireError) {
    super(error.message);
    this.name = 'HandshakeError';
    this.data = error;
  }
}

export interface HandshakeOptions {
  readonly handler: () => ConnectionHandler;
  readonly refreshCookie: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * The check of every client that wants in: finds out who it is, or refuses it with a code. What
 * it showed is forgotten, whatever the outcome.
 */
export function authentication(options: HandshakeOptions) {
  const checking = new WeakSet<EngineConnection>();

  async function check(socket: PinroomSocket): Promise<WireError | null> {
    const connection = connectionOf(socket);
    const credentials = credentialsOf(socket, options.refreshCookie);
    forgetAuth(socket);
    if (checking.has(connection)) {
      return new AppError('bad_request', 'One handshake at a time.').toWire();
    }
    checking.add(connection);
    try {
      socket.data.caller = await withDeadline(
        options.handler().authenticate(credentials),
        CHECK_MS,
        () => unavailable('The session check'),
      );
      forgetRequest(socket);
      return null;
    } catch (fault) {
      if (!(fault instanceof AppError)) {
        options.metrics.count('pinroom_internal_faults_total');
        options.logger.error({ ...placeOf(socket), err: fault }, 'handshake failed');
      }
      return toWireError(fault);
    } finally {
      checking.delete(connection);
    }
  }

  return (socket: PinroomSocket, next: (refused?: Error) => void): void => {
    void check(socket).then((refused) => {
      options.metrics.count('pinroom_handshakes_total', { code: refused?.code ?? 'ok' });
      if (refused) {
        const fields = { ...placeOf(socket), code: refused.code };
        options.logger.debug(fields, 'a handshake was refused');
      }
      // Always called: it also cleans up after a client that went away meanwhile.
      next(refused ? new HandshakeError(refused) : undefined);
    });
  };
}

/** What a line of the log says of who is not let in. */
function placeOf(socket: PinroomSocket): { socketId: string; network: string } {
  const address = notedAddress(connectionOf(socket).request);
  return { socketId: socket.id, network: networkOf(address) };
}

/** The cookie counts only for a client that shows nothing else. */
function credentialsOf(socket: PinroomSocket, refreshCookie: string): HandshakeCredentials {
  const { auth, headers } = socket.handshake;
  const client = {
    address: notedAddress(connectionOf(socket).request),
    userAgent: headers['user-agent'] ?? '',
  };
  const token: unknown = auth?.token;
  if (typeof token === 'string' && token !== '') return { token, client };
  const shown: unknown = auth?.refreshToken;
  const refreshToken =
    typeof shown === 'string' && shown !== '' ? shown : readCookie(headers.cookie, refreshCookie);
  return refreshToken === undefined ? { client } : { refreshToken, client };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const NOTHING = Object.freeze({});
const FORGOTTEN: PinroomSocket['handshake'] = Object.freeze({
  headers: NOTHING,
  time: '',
  address: '',
  xdomain: false,
  secure: false,
  issued: 0,
  url: '',
  query: NOTHING,
  auth: NOTHING,
});

/** Socket.IO keeps a socket's handshake for life, and sends it to other nodes when asked to. */
function forgetAuth(socket: PinroomSocket): void {
  const { handshake } = socket;
  (socket as Writable<PinroomSocket>).handshake = { ...FORGOTTEN, headers: handshake.headers };
}

/** The request with its cookies goes too, and with it some kilobytes for each socket. */
function forgetRequest(socket: PinroomSocket): void {
  (socket as Writable<PinroomSocket>).handshake = FORGOTTEN;
  connectionOf(socket).request = null;
}
