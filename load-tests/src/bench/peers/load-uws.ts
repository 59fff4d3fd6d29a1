import { createRequire } from 'node:module';

/** As much of uWebSockets.js as the peers need. */
export interface Uws {
  App(): UwsPeerApp;
  us_socket_local_port(listenSocket: unknown): number;
}

export interface UwsPeerSocket {
  subscribe(topic: string): boolean;
  send(message: string | Uint8Array, isBinary?: boolean, isCompressed?: boolean): number;
  close(): void;
}

export interface UwsPeerRequest {
  getUrl(): string;
  getQuery(): string;
  getHeader(name: string): string;
  forEach(visit: (name: string, value: string) => void): void;
}

export interface UwsPeerResponse {
  /** What the socket has from then on. */
  upgrade(visit: object, key: string, protocol: string, extensions: string, context: unknown): void;
  onAborted(handle: () => void): void;
  onData(handle: (chunk: ArrayBuffer, isLast: boolean) => void): void;
  cork(write: () => void): void;
  writeHeader(name: string, value: string): void;
  end(body: string): void;
}

export interface UwsPeerApp {
  ws(
    pattern: string,
    behavior: {
      readonly idleTimeout: number;
      readonly maxBackpressure: number;
      readonly upgrade?: (
        response: UwsPeerResponse,
        request: UwsPeerRequest,
        context: unknown,
      ) => void;
      readonly open: (socket: UwsPeerSocket) => void;
      readonly message: (socket: UwsPeerSocket, message: ArrayBuffer) => void;
      readonly close?: (socket: UwsPeerSocket) => void;
    },
  ): UwsPeerApp;
  post(
    pattern: string,
    handle: (response: UwsPeerResponse, request: UwsPeerRequest) => void,
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
