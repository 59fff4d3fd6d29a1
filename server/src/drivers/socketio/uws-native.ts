/**
 * What this driver uses of uWebSockets.js. Written out because the two packages that carry the
 * binary differ: this is what both have, and members that only the newer one has are optional.
 */
export interface UwsModule {
  App(): UwsApp;
  /** Absent in the JavaScript imitation that one of the packages falls back to. */
  readonly SSLApp?: unknown;
  us_listen_socket_close(listenSocket: UwsListenSocket): void;
  us_socket_local_port(listenSocket: UwsListenSocket): number;
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
}

/** An opaque native handle. */
export interface UwsListenSocket {
  readonly opaque: unique symbol;
}

export interface UwsApp {
  any(pattern: string, handler: (res: UwsResponse, req: UwsRequest) => void): UwsApp;
  ws(pattern: string, behavior: UwsBehavior): UwsApp;
  publish(topic: string, message: string | Uint8Array, isBinary?: boolean): boolean;
  /** `listenSocket` is false when the port is taken or the host is none of this machine's. */
  listen(
    host: string,
    port: number,
    options: number,
    done: (listenSocket: UwsListenSocket | false) => void,
  ): UwsApp;
  /** Ends every connection. */
  close?(): UwsApp;
}

/** Valid from `open` to `close`; any use afterwards throws. */
export interface UwsWebSocket {
  /** 1: sent, 0: buffered, 2: dropped because too much is buffered. */
  send(message: string | Uint8Array, isBinary?: boolean, compress?: boolean): number;
  /** Bytes that the system did not take yet. */
  getBufferedAmount(): number;
}

export interface UwsBehavior {
  readonly maxBackpressure?: number;
  readonly closeOnBackpressureLimit?: boolean;
  readonly idleTimeout?: number;
  readonly sendPingsAutomatically?: boolean;
  upgrade?(res: UwsResponse, req: UwsRequest, context: unknown): void;
  open?(ws: UwsWebSocket): void;
  close?(ws: UwsWebSocket, code: number, message: ArrayBuffer): void;
  /** A publish to this socket was dropped (newer binary only). */
  dropped?(ws: UwsWebSocket): void;
}

/** Valid only until the handler returns. */
export interface UwsRequest {
  /** '' when there is none. The name in lower case. */
  getHeader(name: string): string;
  getMethod(): string;
  getUrl(): string;
  /** Without the question mark. */
  getQuery(): string | undefined;
  forEach(each: (name: string, value: string) => void): void;
}

/** Must not be touched once it was ended, closed or aborted. */
export interface UwsResponse {
  onAborted(handler: () => void): UwsResponse;
  /** `chunk` is only valid until the handler returns. */
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): UwsResponse;
  /** To be set once, before the first write. */
  onWritable(handler: (offset: number) => boolean): UwsResponse;
  writeStatus(status: string): UwsResponse;
  writeHeader(name: string, value: string): UwsResponse;
  /** False: the client does not read fast enough; `onWritable` tells when it does again. */
  write(chunk: Uint8Array): boolean;
  end(body?: string | Uint8Array): UwsResponse;
  endWithoutBody(): UwsResponse;
  cork(run: () => void): UwsResponse;
  close(): UwsResponse;
  getRemoteAddressAsText(): ArrayBuffer;
}
