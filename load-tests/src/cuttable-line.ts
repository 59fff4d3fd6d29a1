import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** A way to the server that can be broken like a real one, between a client and its network. */
export class CuttableLine {
  readonly #target: URL;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #state: 'open' | 'frozen' | 'cut' = 'open';

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((near) => this.#accept(near));
  }

  /** Starts listening; gives the address that leads through this line. */
  open(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        const { port } = this.#server.address() as AddressInfo;
        resolve(`http://127.0.0.1:${port}`);
      });
    });
  }

  /** Nothing passes any more, and nobody is told. */
  freeze(): void {
    this.#state = 'frozen';
    for (const { near, far } of this.#pairs) {
      near.pause();
      far.pause();
    }
  }

  /** Every connection breaks without a goodbye, and no new one is made. */
  cut(): void {
    this.#state = 'cut';
    for (const { near, far } of [...this.#pairs]) {
      near.destroy();
      far.destroy();
    }
  }

  /** New connections pass again. */
  mend(): void {
    this.#state = 'open';
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(near: Socket): void {
    if (this.#state === 'cut') {
      near.destroy();
      return;
    }
    const far = this.#reach();
    const pair = { near, far };
    this.#pairs.add(pair);
    for (const socket of [near, far]) {
      // What breaks on one side breaks on the other; 'close' follows each error.
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#pairs.delete(pair);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => near.write(chunk));
    if (this.#state === 'frozen') {
      near.pause();
      far.pause();
    }
  }

  #reach(): Socket {
    const { hostname, port, protocol } = this.#target;
    const host = hostname.replace(/^\[|\]$/g, '');
    if (protocol === 'https:') {
      return connectTls({ host, port: Number(port || 443), servername: host });
    }
    return connect({ host, port: Number(port || 80) });
  }
}
