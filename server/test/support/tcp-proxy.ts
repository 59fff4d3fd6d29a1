import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterFile } from './after-file.js';

/** Stands before a server and fails as networks do. */
export interface TcpProxy {
  readonly port: number;
  /** `hold`: keeps connections open and lets nothing through; `cut`: ends and refuses them. */
  set(mode: 'pass' | 'hold' | 'cut'): void;
  /** The connections that are open now stay open and carry nothing more; new ones are as `set` says. */
  silenceOpen(): void;
}

/** Closed when the test file is over. */
export async function openProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  let mode: 'pass' | 'hold' | 'cut' = 'pass';
  const sockets = new Set<Socket>();
  const silenced = new WeakSet<Socket>();
  const server = createServer((client) => {
    if (mode === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(target.port, target.host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => {
        if (mode === 'pass' && !silenced.has(from)) to.write(data);
      });
      from.on('error', () => from.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  afterFile(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => {
      server.close(closed);
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      mode = next;
      if (mode === 'cut') for (const socket of sockets) socket.destroy();
    },
    silenceOpen() {
      for (const socket of sockets) silenced.add(socket);
    },
  };
}
