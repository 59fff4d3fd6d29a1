import { connect } from 'node:net';

/** A request as it goes over the line: header fields in order, also twice the same. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export interface RawAnswer {
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const DEADLINE_MS = 10_000;
const HEAD_END = '\r\n\r\n';

/** What makes a request one for a WebSocket. */
export const UPGRADE: readonly (readonly [string, string])[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
];

/** Sends one request that no HTTP client would, and reads the answer; then the connection is cut. */
export function rawHttp(port: number, request: RawRequest): Promise<RawAnswer> {
  const { method = 'GET', path, headers = [], body = '' } = request;
  const has = (name: string) => headers.some(([given]) => given === name);
  const fields = [
    ...(has('Host') ? [] : [['Host', `127.0.0.1:${port}`] as const]),
    ...(has('Connection') ? [] : [['Connection', 'close'] as const]),
    ...headers,
    ...(body === '' ? [] : [['Content-Length', String(Buffer.byteLength(body))] as const]),
  ];
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return exchange(port, `${method} ${path} HTTP/1.1\r\n${lines}\r\n${body}`);
}

function exchange(port: number, bytes: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no answer to ${JSON.stringify(bytes.slice(0, 200))}`));
    }, DEADLINE_MS);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const answer = parse(received);
      if (answer && isWhole(answer)) {
        resolve(answer);
        socket.destroy();
      }
    });
    socket.on('error', (fault: NodeJS.ErrnoException) => {
      // Closed before it had read everything, which is an answer too.
      if (fault.code !== 'ECONNRESET' && fault.code !== 'EPIPE') reject(fault);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(parse(received) ?? { status: 0, headers: new Map(), body: '' });
    });
  });
}

/** Null: the head has not come yet. */
function parse(received: string): RawAnswer | null {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return null;
  const [statusLine = '', ...lines] = received.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = received.slice(end + HEAD_END.length);
  const isChunked = headers.get('transfer-encoding') === 'chunked';
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: isChunked ? withoutChunks(body) : body,
  };
}

function withoutChunks(text: string): string {
  let body = '';
  for (let rest = text; ; ) {
    const end = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (end < 0 || !(size > 0)) return body;
    body += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 2 + size + 2);
  }
}

function isWhole({ status, headers, body }: RawAnswer): boolean {
  const length = Number(headers.get('content-length') ?? Number.POSITIVE_INFINITY);
  return status === 101 || body.length >= length;
}
