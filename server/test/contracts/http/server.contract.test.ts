import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import {
  CODES,
  COMMAND_SCHEMAS,
  type CommandAnswers,
  type CommandName,
  type Entry,
  type Member,
  type NodeList,
  type OperatorRoomList,
  type OperatorRoomView,
  type Room,
  type RoomByPin,
  type RoomList,
  type ServerEvents,
  type SessionAnswer,
  type Static,
  type SystemLogPage,
} from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import type * as answers from '../../../src/drivers/http/answer-schemas.js';
import { EVENT_SCHEMAS } from '../../../src/drivers/http/event-schemas.js';
import { createNodeListener } from '../../../src/drivers/http/node-listener.js';
import type * as operators from '../../../src/drivers/http/operator-schemas.js';
import { codeOf, HttpFixture } from './http-fixture.js';

type Json = { [name: string]: Json };

async function documentAt(path: string): Promise<Json> {
  return (await (await new HttpFixture().call(`GET ${path}`)).json()) as Json;
}

/** Every `$ref` in a document. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '$ref' ? [String(item)] : references(item),
  );
}

function resolve(document: Json, reference: string): unknown {
  const path = reference.slice(2).split('/');
  return path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), document);
}

describe('health', () => {
  it('is 200 while degraded, and 503 with reasons when not ready', async () => {
    const http = new HttpFixture();
    expect((await http.call('GET /readyz')).status).toBe(200);
    http.health = {
      ready: true,
      status: 'degraded',
      backends: { redis: 'down' },
      reasons: ['redis does not answer'],
    };
    const degraded = await http.call('GET /readyz');
    expect(degraded.status).toBe(200);
    expect(await degraded.json()).toEqual(http.health);
    for (const status of ['starting', 'draining'] as const) {
      http.health = { ready: false, status, backends: {}, reasons: ['not now'] };
      const response = await http.call('GET /readyz');
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ status, reasons: ['not now'] });
      expect((await http.call('GET /healthz')).status).toBe(200);
    }
  });
});

describe('operators', () => {
  it('every request counts once, by its route and code', async () => {
    const http = new HttpFixture({ operatorToken: 'op' });
    const before = http.counted.length;
    for (const what of [
      'GET /readyz',
      'GET /nowhere',
      'POST /readyz',
      'OPTIONS /readyz',
      'HEAD /host',
    ]) {
      await http.call(what);
    }
    await http.call('GET /metrics', { token: 'wrong' });
    await http.call('POST /api/sessions', { body: { nickname: 7 } });
    const answers = [
      ['readyz', 'ok'],
      ['none', 'not_found'],
      ['none', 'not_found'],
      ['none', 'ok'],
      ['page', 'ok'],
      ['metrics', 'unauthenticated'],
      ['createSession', 'bad_request'],
    ];
    expect(http.counted.slice(before)).toEqual(
      answers.map(([route, code]) => ['pinroom_http_requests_total', { route, code }]),
    );
  });

  it('find the lines of a request by the id in its answer', async () => {
    const http = new HttpFixture();
    const id = '01920000-0000-7000-8000-000000000001';
    const given = { 'x-request-id': 'chosen-by-a-client' };
    const answer = await http.call(`GET /api/rooms/${id}`, { token: 'none', headers: given });
    const requestId = answer.headers.get('x-request-id');
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    const line = http.logger.lines.find(({ message }) => message === 'request');
    expect(line).toMatchObject({ level: 'debug', fields: { requestId, roomId: id, status: 401 } });
    const other = await http.call('GET /api/rooms/by-pin/123456');
    expect(other.headers.get('x-request-id')).not.toBe(requestId);
    expect(JSON.stringify(http.logger.lines)).not.toContain('123456');

    http.rooms.findByPin = async () => {
      throw new Error('a bug');
    };
    const token = await http.signIn();
    const failed = await http.call('GET /api/rooms/by-pin/123456', { token });
    expect(failed.status).toBe(500);
    expect(http.logger.lines.find(({ level }) => level === 'error')).toMatchObject({
      fields: { requestId: failed.headers.get('x-request-id') },
    });
    expect(http.counted).toContainEqual(['pinroom_internal_faults_total', undefined]);
  });

  it('find it by the id of the proxy before, where one is believed and it is no trick', async () => {
    const http = new HttpFixture({ trustProxy: 1 });
    const idFor = async (id: string) =>
      (await http.call('GET /healthz', { headers: { 'x-request-id': id } })).headers.get(
        'x-request-id',
      );
    expect(await idFor('8f1c.proxy:7')).toBe('8f1c.proxy:7');
    for (const id of ['short', 'x'.repeat(129), 'a "quoted" one', '<b>bold</b>']) {
      expect(await idFor(id)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('metrics need the operator token, and do not exist without one', async () => {
    const open = new HttpFixture({ operatorToken: 'op' });
    const good = await open.call('GET /metrics', { token: 'op' });
    expect(good.status).toBe(200);
    expect(good.headers.get('content-type')).toContain('text/plain');
    expect(await good.text()).toContain('pinroom_sockets');
    for (const token of ['', 'oq', 'opp']) {
      const refused = await open.call('GET /metrics', { token });
      expect([refused.status, await codeOf(refused)]).toEqual([401, 'unauthenticated']);
    }
    expect((await open.call('GET /metrics')).status).toBe(401);
    for (const operatorToken of [null, '']) {
      const closed = new HttpFixture({ operatorToken });
      expect((await closed.call('GET /metrics', { token: 'op' })).status).toBe(404);
      expect((await closed.call('GET /metrics', { token: '' })).status).toBe(404);
    }
  });

  it('the public keys may be cached for a while', async () => {
    const response = await new HttpFixture().call('GET /.well-known/jwks.json');
    expect(await response.json()).toEqual({ keys: [{ kty: 'OKP', kid: 'k' }] });
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  });
});

describe('specifications', () => {
  it('OpenAPI names exactly the routes that are registered, pages apart', async () => {
    const { paths } = await documentAt('/openapi.json');
    const documented = Object.entries(paths ?? {}).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const registered = new HttpFixture({ pages: new Map() }).app.routes
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
      .filter((route) => route !== 'GET /about' && !route.startsWith('GET /assets/'));
    expect(documented.sort()).toEqual(registered.sort());
    expect(new Set(registered).size).toBe(registered.length);
  });

  it.each(['/openapi.json', '/asyncapi.json'])(
    'every reference in %s leads somewhere',
    async (path) => {
      const document = await documentAt(path);
      const all = references(document);
      expect(all.length).toBeGreaterThan(10);
      expect(all.filter((reference) => resolve(document, reference) === undefined)).toEqual([]);
    },
  );

  it('OpenAPI has unique operation names and tells the statuses of faults', async () => {
    const { paths, components } = await documentAt('/openapi.json');
    const operations = Object.values(paths ?? {}).flatMap((item) => Object.values(item));
    const names = operations.map(({ operationId }) => String(operationId));
    expect(new Set(names).size).toBe(names.length);
    const known = new Set(Object.values(CODES).map(({ status }) => String(status)));
    for (const { responses } of operations) {
      for (const status of Object.keys(responses ?? {})) {
        expect(status.startsWith('2') || known.has(status)).toBe(true);
      }
    }
    expect(Object.keys(components?.schemas ?? {})).toContain('Room');
    for (const [path, item] of Object.entries(paths ?? {})) {
      if (!path.startsWith('/api/') || path.startsWith('/api/ops/')) continue;
      for (const { responses } of Object.values(item)) expect(responses).toHaveProperty('429');
    }
  });

  it('AsyncAPI has an operation for the handshake, every command and every event', async () => {
    const { operations } = await documentAt('/asyncapi.json');
    const expected = [
      'receive.connect',
      ...Object.keys(COMMAND_SCHEMAS).map((name) => `receive.${name.replace(':', '.')}`),
      ...Object.keys(EVENT_SCHEMAS).map((name) => `send.${name.replace(':', '.')}`),
    ];
    expect(Object.keys(operations ?? {}).sort()).toEqual(expected.sort());
    for (const key of Object.keys(operations ?? {})) expect(key).toMatch(/^[\w.-]+$/);
  });

  it('the schemas of answers and events are the types of the protocol', () => {
    // Checked by the compiler: a `false` does not fit `true`.
    const same: true[] = [
      fits<Static<typeof answers.room>, Room>(),
      fits<Static<typeof answers.member>, Member>(),
      fits<Static<typeof answers.entry>, Entry>(),
      fits<Static<typeof answers.session>, SessionAnswer>(),
      fits<Static<typeof answers.roomByPin>, RoomByPin>(),
      fits<Static<typeof answers.roomList>, RoomList>(),
      fits<Static<typeof operators.systemLogPage>, SystemLogPage>(),
      fits<Static<typeof operators.operatorRoomList>, OperatorRoomList>(),
      fits<Static<typeof operators.operatorRoomView>, OperatorRoomView>(),
      fits<Static<typeof operators.nodeList>, NodeList>(),
      fits<Answers, { [N in CommandName]: CommandAnswers[N] }>(),
      fits<Events, ServerEvents>(),
    ];
    expect(same).not.toContain(false);
  });
});

type Answers = { [N in CommandName]: Static<(typeof answers.ANSWER_SCHEMAS)[N]> };
type Events = { [N in keyof ServerEvents]: Static<(typeof EVENT_SCHEMAS)[N]> };

/** Whether what the schema describes is what the type says. */
function fits<Described, Typed>(): [Typed] extends [Described]
  ? [Described] extends [Typed]
    ? true
    : false
  : false;
function fits(): boolean {
  return true;
}

describe('the page about the server', () => {
  it('is one page without a script, whose links and style exist', async () => {
    const http = new HttpFixture({ operatorToken: 'op' });
    const response = await http.call('GET /about');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const page = await response.text();
    expect(page).not.toMatch(/<script|style=|<style| on\w+=/i);
    expect(page).toContain('Ready');
    expect(page).toContain('1.2.3');
    const links = [...page.matchAll(/href="(\/[^"]*)"/g)].map(([, link]) => link ?? '');
    expect(links.length).toBeGreaterThan(4);
    expect(links).toEqual(expect.arrayContaining(['/', '/host', '/monitor', '/metrics']));
    for (const link of links) {
      const { status } = await http.call(`GET ${link}`, { token: 'op' });
      expect([link, status]).toEqual([link, 200]);
    }
    const style = await http.call(`GET ${links.find((link) => link.endsWith('.css'))}`);
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(style.headers.get('cache-control')).toContain('immutable');
  });

  it('leads to no pages where there are none, and to nothing for operators without a token', async () => {
    const page = await (await new HttpFixture({ pages: new Map() }).call('GET /about')).text();
    expect(page).not.toMatch(/href="\/(host|monitor|metrics)?"/);
  });

  it('shows faults, and what comes from outside as text', async () => {
    const http = new HttpFixture({ version: '<b>1</b>' });
    http.health = {
      ready: false,
      status: 'draining',
      backends: { postgres: 'down' },
      reasons: ['<script>alert(1)</script>'],
    };
    const page = await (await http.call('GET /about')).text();
    expect(page).toContain('About to stop');
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toMatch(/<script|<b>/);
    const odd = await http.call('GET /about', { headers: { host: 'a.test"><b>' } });
    expect(await odd.text()).not.toContain('<b>');
  });
});

describe('behind node:http', () => {
  it('answers real requests, and survives malformed ones', async () => {
    const http = new HttpFixture();
    const { Request: before } = globalThis;
    const server = createServer(
      createNodeListener((request, peer) => http.app.fetch(request, peer)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const base = `http://127.0.0.1:${port}`;
      const post = (body: string) =>
        fetch(`${base}/api/sessions`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json', connection: 'close' },
        });
      const created = await post('{"cookie": true}');
      expect(created.status).toBe(201);
      expect(created.headers.getSetCookie()).toHaveLength(1);
      expect((await post(' '.repeat(100_000))).status).toBe(413);
      expect(Reflect.get(http.logger.lines.at(-1)?.fields ?? {}, 'address')).toBe('127.0.0.1');
      for (const head of ['GET / HTTP/1.1\r\nHost: a b', 'GET /\\x HTTP/1.1\r\nHost: a.test']) {
        const answer = await raw(port, `${head}\r\nConnection: close\r\n\r\n`);
        expect(answer).toMatch(/^HTTP\/1\.1 400 /);
        expect(answer).toContain('"bad_request"');
        expect(answer).toContain('nosniff');
      }
      expect(globalThis.Request).toBe(before);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

/** Sends bytes as they stand and gives back all that is answered. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
