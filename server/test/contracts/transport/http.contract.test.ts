import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/engine/runtime/app-error.js';
import { until } from '../../support/until.js';
import { type Bench, openBench, TRANSPORTS } from './transport-bench.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

interface Question {
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | readonly string[];
}

const CHUNK = Buffer.alloc(65_536, 'c');
/** Longer than a reader pauses in these tests. */
const STALL_MS = 2_000;

/** What the stream routes have seen. */
const streamed = { chunks: 0, cancelled: 0, aborted: 0 };

const ROUTES: { readonly [path: string]: (request: Request) => Promise<Response> | Response } = {
  '/echo': async (request) =>
    Response.json({ method: request.method, body: await request.text(), url: request.url }),
  '/cookies': () => {
    const headers = new Headers({ 'content-type': 'text/plain' });
    headers.append('set-cookie', 'a=1; Path=/');
    headers.append('set-cookie', 'b=2; HttpOnly');
    return new Response('two', { headers });
  },
  '/page': () => new Response('0123456789', { headers: { 'content-length': '10', etag: '"1"' } }),
  '/nothing': () => new Response(null, { status: 204 }),
  '/same': () => new Response(null, { status: 304, headers: { etag: '"1"' } }),
  '/elsewhere': () => new Response(null, { status: 302, headers: { location: '/' } }),
  '/bug': () => {
    throw new Error('secret detail');
  },
  '/limited': () => {
    throw new AppError('rate_limited', 'slow down', { retryAfterMs: 7 });
  },
  '/parts': () => {
    let part = 0;
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await new Promise(setImmediate);
          part += 1;
          if (part > 5) controller.close();
          else controller.enqueue(Buffer.from(part === 3 ? '' : `part ${part}\n`));
        },
      }),
    );
  },
  '/torn': () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(Buffer.from('first'));
          await new Promise(setImmediate);
          await new Promise(setImmediate);
          controller.error(new Error('the source broke, as it should in this test'));
        },
      }),
    ),
  '/endless': (request) => {
    request.signal.addEventListener('abort', () => {
      streamed.aborted += 1;
    });
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await new Promise(setImmediate);
          streamed.chunks += 1;
          controller.enqueue(CHUNK);
        },
        cancel() {
          streamed.cancelled += 1;
        },
      }),
    );
  },
};

describe.each(TRANSPORTS)('HTTP on %s', (transport) => {
  let bench: Bench;
  let seenAddress = '';
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  beforeAll(async () => {
    bench = await openBench(transport, {
      stallMs: STALL_MS,
      fetch: async (incoming, { remoteAddress }) => {
        seenAddress = remoteAddress;
        const route = ROUTES[new URL(incoming.url).pathname];
        return route ? route(incoming) : new Response('nothing here', { status: 404 });
      },
    });
  });
  afterAll(async () => {
    agent.destroy();
    await bench.server.close();
  });

  /** All on one connection, so that an answer which leaves it unusable is noticed by the next. */
  function ask(path: string, { method = 'GET', headers = {}, body }: Question = {}) {
    return new Promise<Answer>((resolve, reject) => {
      const url = `http://${bench.host}${path}`;
      const outgoing = request(url, { agent, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers: got, rawHeaders } = response;
          resolve({ status: statusCode, headers: got, rawHeaders, body: text });
        });
      });
      outgoing.on('error', reject);
      for (const part of typeof body === 'string' ? [body] : (body ?? [])) outgoing.write(part);
      outgoing.end();
    });
  }

  it('method, query, headers and body arrive, in one piece or in chunks', async () => {
    const headers = { 'content-type': 'application/json' };
    const whole = await ask('/echo?q=%20x', { method: 'POST', headers, body: '{"ü":1}' });
    expect(whole.status).toBe(200);
    expect(whole.headers['content-type']).toContain('application/json');
    expect(JSON.parse(whole.body)).toEqual({
      method: 'POST',
      body: '{"ü":1}',
      url: `http://${bench.host}/echo?q=%20x`,
    });
    const parts = await ask('/echo', { method: 'PATCH', headers, body: ['{"a"', ':1', '}'] });
    expect(JSON.parse(parts.body)).toMatchObject({ method: 'PATCH', body: '{"a":1}' });
    const none = await ask('/echo', { method: 'DELETE' });
    expect(JSON.parse(none.body)).toMatchObject({ method: 'DELETE', body: '' });
    expect(seenAddress).toContain('127.0.0.1');
  });

  it('a body that is too large is answered 413', async () => {
    const large = 'x'.repeat(65_537);
    for (const body of [large, [large.slice(1), 'yy'], 'x'.repeat(3_000_000)]) {
      const length = typeof body === 'string' ? { 'content-length': String(body.length) } : {};
      const answer = await ask('/echo', { method: 'POST', headers: length, body });
      expect(answer.status).toBe(413);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'payload_too_large' } });
    }
    const fits = await ask('/echo', { method: 'POST', body: large.slice(1) });
    expect(fits.status).toBe(200);
  });

  it('two cookies are two headers', async () => {
    const answer = await ask('/cookies');
    expect(answer.headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2; HttpOnly']);
    expect(answer.body).toBe('two');
  });

  it('HEAD, 204, 304 and redirects have no body and keep the connection', async () => {
    const head = await ask('/page', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers).toMatchObject({ 'content-length': '10', etag: '"1"' });
    expect(await ask('/page')).toMatchObject({ status: 200, body: '0123456789' });
    const nothing = await ask('/nothing');
    expect(nothing).toMatchObject({ status: 204, body: '' });
    expect(nothing.headers['content-length']).toBeUndefined();
    expect(await ask('/same')).toMatchObject({ status: 304, body: '' });
    const elsewhere = await ask('/elsewhere');
    expect(elsewhere).toMatchObject({ status: 302, body: '' });
    expect(elsewhere.headers.location).toBe('/');
    expect(await ask('/nowhere')).toMatchObject({ status: 404, body: 'nothing here' });
  });

  it('what a handler throws is answered with its code, details are kept', async () => {
    const bug = await ask('/bug');
    expect(bug.status).toBe(500);
    expect(JSON.parse(bug.body)).toMatchObject({ error: { code: 'internal' } });
    expect(bug.body).not.toContain('secret detail');
    const limited = await ask('/limited');
    expect(limited.status).toBe(429);
    expect(JSON.parse(limited.body)).toEqual({
      error: { code: 'rate_limited', message: 'slow down', retryAfterMs: 7 },
    });
  });

  it('a stream arrives whole, and one that breaks is seen to be broken', async () => {
    expect((await ask('/parts')).body).toBe('part 1\npart 2\npart 4\npart 5\n');
    await expect(ask('/torn')).rejects.toThrow();
    expect((await ask('/page')).status).toBe(200);
  });

  it('a reader that stops holds the stream, one that goes ends it', async () => {
    streamed.chunks = streamed.cancelled = streamed.aborted = 0;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`http://${bench.host}/endless`, resolve).on('error', reject).end();
    });
    response.on('error', () => {});
    response.pause();
    let last = -1;
    // Nobody reads: what the source is asked for comes to a stand.
    await until(async () => {
      const before = last;
      await new Promise((resolve) => setTimeout(resolve, 100));
      last = streamed.chunks;
      return last > 0 && last === before;
    }, 10_000);
    expect(last * CHUNK.length).toBeLessThan(64 * 1_048_576);
    const paused = last;
    response.once('data', () => {});
    response.resume();
    await until(() => streamed.chunks > paused + 50);
    response.destroy();
    await until(() => streamed.cancelled === 1 && streamed.aborted === 1);
  });

  it('a reader that stops for too long is cut', async () => {
    streamed.cancelled = 0;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`http://${bench.host}/endless`, resolve).on('error', reject).end();
    });
    response.on('error', () => {});
    response.pause();
    await until(() => streamed.cancelled === 1, 3 * STALL_MS);
    response.destroy();
  });

  it('sockets and requests share the port', async () => {
    expect((await ask('/page')).status).toBe(200);
    expect((await ask('/socket.io/?EIO=4&transport=polling')).status).toBe(400);
  });
});

describe.each(TRANSPORTS)('listening on %s', (transport) => {
  it('a port in use is a clear error and leaves nothing behind', async () => {
    const other = await openOnNode();
    await expect(openBench(transport, { port: other.port })).rejects.toThrow(
      `127.0.0.1:${other.port}: the port is in use`,
    );
    await other.close();
    const bench = await openBench(transport, { port: other.port });
    expect(bench.server.port).toBe(other.port);
    expect(bench.server.transport).toBe(transport);
    await bench.server.close();
  });

  it('closing ends everything, waits for the goodbyes, and can be repeated', async () => {
    let answer: (response: Response) => void = () => {};
    const bench = await openBench(transport, {
      fetch: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    const { connectRaw } = await import('./raw-client.js');
    const client = await connectRaw(bench.host);
    const pending = fetch(`http://${bench.host}/slow`).then((response) => response.text());
    await until(() => answer.length === 1);
    bench.server.stopAccepting();
    bench.server.stopAccepting();
    await expect(fetch(`http://${bench.host}/`)).rejects.toThrow();
    expect(await client.ask(1, '["room:send",1]')).toMatchObject({ ok: true });
    const closing = bench.server.close();
    answer(new Response('in time'));
    await Promise.all([closing, bench.server.close()]);
    expect(await pending).toBe('in time');
    await client.closed();
    expect(bench.handler.clients[0]?.closedTimes).toBe(1);
    expect(bench.logger.faults).toEqual([]);
    // What comes late is ignored.
    bench.server.broadcaster.broadcast('a-aa', Buffer.from('42["x"]'));
    bench.server.stopAccepting();
  });
});

async function openOnNode(): Promise<{ port: number; close(): Promise<void> }> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('a client that takes its time, on ws', () => {
  it('is cut in some seconds, whether it says nothing or begins a request', async () => {
    const bench = await openBench('ws');
    const gone = ['', 'GET / HTTP/1.1\r\nHost: a\r\n'].map(async (start) => {
      const socket = connect(bench.server.port, '127.0.0.1');
      socket.resume().write(start);
      await once(socket, 'close');
    });
    await Promise.all(gone);
    await bench.server.close();
  });
});
