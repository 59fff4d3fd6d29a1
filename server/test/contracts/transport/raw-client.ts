import { WebSocket } from 'ws';
import { afterFile } from '../../support/after-file.js';
import { until } from '../../support/until.js';

interface RawClientOptions {
  readonly origin?: string;
  readonly cookie?: string;
  /** Added to the query of the handshake. */
  readonly query?: string;
}

/** A client that speaks frames, so that tests see what is on the wire and can break the rules. */
export class RawClient {
  readonly socket: WebSocket;
  /** Text frames as they came, pings left out. */
  readonly frames: string[] = [];
  closeCode: number | null = null;
  /** Of a refused upgrade. */
  refused: { status: number; retryAfter: string | undefined; body: string } | null = null;

  constructor(host: string, options: RawClientOptions = {}) {
    const { origin, cookie, query = '' } = options;
    this.socket = new WebSocket(`ws://${host}/socket.io/?EIO=4&transport=websocket${query}`, {
      perMessageDeflate: false,
      headers: { ...(origin ? { origin } : {}), ...(cookie ? { cookie } : {}) },
    });
    this.socket.on('message', (data) => this.#take(String(data)));
    this.socket.on('error', () => {});
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
    this.socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => {
        const { headers, statusCode = 0 } = response;
        this.refused = { status: statusCode, retryAfter: headers['retry-after'], body };
      });
    });
    afterFile(() => this.socket.terminate());
  }

  send(frame: string | Uint8Array): void {
    this.socket.send(frame);
  }

  /** Waits for the first frame that starts like this, from `from` on. */
  async frame(start: string, from = 0): Promise<string> {
    return until(() => this.frames.slice(from).find((frame) => frame.startsWith(start)));
  }

  /** Sends a command with an ack id and waits for what the ack carries. */
  async ask(id: number, args: string): Promise<unknown> {
    this.send(`42${id}${args}`);
    return this.ack(id);
  }

  async ack(id: number): Promise<unknown> {
    const start = `43${id}[`;
    const frame = await this.frame(start);
    return (JSON.parse(frame.slice(start.length - 1)) as unknown[])[0];
  }

  async closed(): Promise<number> {
    await until(() => this.closeCode !== null || this.refused !== null);
    return this.closeCode ?? 0;
  }

  #take(frame: string): void {
    if (frame === '2') this.socket.send('3');
    else this.frames.push(frame);
  }
}

/** A client whose WebSocket is open and that has not said who it is. */
export async function openRaw(host: string, options?: RawClientOptions): Promise<RawClient> {
  const client = new RawClient(host, options);
  await client.frame('0{');
  return client;
}

/** A client that is in. */
export async function connectRaw(host: string, options?: RawClientOptions): Promise<RawClient> {
  const client = await openRaw(host, options);
  client.send('40{"token":"good"}');
  await client.frame('42["session:ready"');
  return client;
}
