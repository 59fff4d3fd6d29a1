import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Every published message that Redis hands over has it: `message`, `pmessage`, `smessage`. */
const MESSAGE = Buffer.from('message\r\n');

/** A way to Redis that counts the published messages which come through it. */
export class CountedLine {
  messages = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: URL;

  private constructor(redisUrl: string) {
    this.#target = new URL(redisUrl);
    this.#server = createServer((near) => this.#accept(near));
  }

  static async open(redisUrl: string): Promise<CountedLine> {
    const line = new CountedLine(redisUrl);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  /** Redis' address by this way. */
  get url(): string {
    const url = new URL(this.#target);
    url.port = `${(this.#server.address() as AddressInfo).port}`;
    url.hostname = '127.0.0.1';
    return url.href;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(near: Socket): void {
    const far = connect(Number(this.#target.port), this.#target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      // What breaks on one side breaks on the other; 'close' follows each error.
      from.on('error', () => {});
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    near.on('data', (chunk) => far.write(chunk));
    // Too short to hold the whole mark: what is in it has not been counted.
    let rest = Buffer.alloc(0);
    far.on('data', (chunk) => {
      near.write(chunk);
      const data = Buffer.concat([rest, chunk]);
      let at = data.indexOf(MESSAGE);
      for (; at >= 0; at = data.indexOf(MESSAGE, at + MESSAGE.length)) this.messages++;
      rest = data.subarray(Math.max(0, data.length - MESSAGE.length + 1));
    });
  }
}
