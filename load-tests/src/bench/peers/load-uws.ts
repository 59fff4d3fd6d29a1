import { createRequire } from 'node:module';

/** As much of uWebSockets.js as the peers need. */
export interface Uws {
  App(): UwsPeerApp;
  us_socket_local_port(listenSocket: unknown): number;
}

export interface UwsPeerSocket {
  subscribe(topic: string): boolean;
  send(message: string, isBinary?: boolean): number;
}

export interface UwsPeerApp {
  ws(
    pattern: string,
    behavior: {
      readonly idleTimeout: number;
      readonly maxBackpressure: number;
      readonly open: (socket: UwsPeerSocket) => void;
      readonly message: (socket: UwsPeerSocket, message: ArrayBuffer) => void;
    },
  ): UwsPeerApp;
  publish(topic: string, message: string, isBinary?: boolean): boolean;
  listen(host: string, port: number, done: (listenSocket: unknown) => void): UwsPeerApp;
}

/** The same binaries that the server tries, in the same order. */
export function loadUws(): Uws {
  const load = createRequire(import.meta.url);
  const older = `binaries/uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  for (const name of ['uWebSockets.js', `uWebSockets.js-glibc227/${older}`]) {
    try {
      return load(name) as Uws;
    } catch {
      // The next one may load.
    }
  }
  throw new Error('uWebSockets.js does not load here: there is nothing to compare with.');
}
