import { io } from 'socket.io-client';

/** What the library uses of a Socket.IO socket. */
export interface SocketLine {
  /** Every event of the server, and the socket's own `connect_error` and `disconnect`. */
  onEvent(listener: (name: string, payload: unknown) => void): void;
  emit(name: string, payload: unknown, ack: (answer: unknown) => void): void;
  /** Nothing is heard of it any more. */
  close(): void;
}

/** Opens a socket; `auth` is asked for the credentials at the moment they are sent. */
export type OpenSocket = (url: string, auth: () => { token: string }) => SocketLine;

/** The real one. Each connection is a socket of its own; reconnecting is the caller's business. */
export const openSocketIo: OpenSocket = (url, auth) => {
  const socket = io(url, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    timeout: 10_000,
    auth: (send) => send(auth()),
  });
  return {
    onEvent(listener) {
      socket.onAny(listener);
      socket.on('connect_error', (error: Error & { data?: unknown }) => {
        listener('connect_error', error.data);
      });
      socket.on('disconnect', (reason) => listener('disconnect', reason));
    },
    emit(name, payload, ack) {
      socket.emit(name, payload, ack);
    },
    close() {
      socket.offAny();
      socket.off();
      socket.disconnect();
    },
  };
};
