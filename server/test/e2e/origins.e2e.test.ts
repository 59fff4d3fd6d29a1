import { beforeAll, describe, expect, it } from 'vitest';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { call } from '../support/http-calls.js';
import { type RawAnswer, rawHttp, UPGRADE } from '../support/raw-http.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';

const LISTED = 'https://app.example.com';
const PUBLIC_URL = 'https://rooms.example.com';
const SOCKET = '/socket.io/?EIO=4&transport=websocket';
const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

/** Pages, by what they try; null: no `Origin` header. Of `OWN` stands the node's own address. */
const PAGES: readonly (readonly [who: string, origin: string | null, allowed: boolean])[] = [
  ['a listed page', LISTED, true],
  ['the own page', 'OWN', true],
  ['another port of a listed host', `${LISTED}:8443`, false],
  ['the standard port, spelled out', `${LISTED}:443`, false],
  ['another scheme of a listed host', 'http://app.example.com', false],
  ['another port of the own host', 'http://127.0.0.1:1', false],
  ['another scheme of the own host', 'https://127.0.0.1:PORT', false],
  ['another name of the own host', 'http://localhost:PORT', false],
  ['a listed host in upper case', 'https://APP.example.com', false],
  ['a listed scheme in upper case', 'HTTPS://app.example.com', false],
  ['a longer host', `${LISTED}.evil`, false],
  ['a longer own host', 'OWN.evil.example', false],
  ['a host that ends like a listed one', 'https://evil-app.example.com', false],
  ['a host below a listed one', 'https://evil.app.example.com', false],
  ['the host above a listed one', 'https://example.com', false],
  ['a listed host as a user name', `${LISTED}@evil.example`, false],
  ['a listed origin in a path', `https://evil.example/${LISTED}`, false],
  ['a listed origin with a slash', `${LISTED}/`, false],
  ['two origins', `${LISTED}, https://evil.example`, false],
  ['another page', 'https://evil.example', false],
  ['a page of no origin', 'null', false],
  ['the asterisk', '*', false],
];

let uws: SpawnedNode;
let ws: SpawnedNode;
/** Reached by browsers over TLS; every page may bring its own token. */
let open: SpawnedNode;

beforeAll(async () => {
  const { env: backends } = await startBackends();
  const env = { ...UNLIMITED, ...backends, PINROOM_ALLOWED_ORIGINS: LISTED };
  [uws, ws, open] = await Promise.all([
    spawnNode({ env, transport: 'uws' }),
    spawnNode({ env, transport: 'ws' }),
    spawnNode({ env: { ...env, PINROOM_ALLOWED_ORIGINS: '*', PINROOM_PUBLIC_URL: PUBLIC_URL } }),
  ]);
});

/** A node by its transport. */
const nodeOf = (transport: 'uws' | 'ws') => (transport === 'uws' ? uws : ws);

const originOn = ({ url, port }: SpawnedNode, origin: string) =>
  origin.replace('OWN', url).replace('PORT', String(port));

type Fields = readonly (readonly [string, string])[];

function upgrade(node: SpawnedNode, headers: Fields, path = SOCKET): Promise<RawAnswer> {
  return rawHttp(node.port, { path, headers: [...UPGRADE, ...headers] });
}

/** The cookie of a new session, as a browser sends it. */
async function newCookie(node: SpawnedNode, headers: Record<string, string> = {}) {
  const answer = await call(`${node.url}/api/sessions`, {
    method: 'POST',
    body: { cookie: true },
    headers,
  });
  return { ...answer, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}

function refresh(node: SpawnedNode, cookie: string, origin: string | null) {
  return call(`${node.url}/api/sessions/refresh`, {
    method: 'POST',
    headers: { cookie, ...(origin === null ? {} : { origin }) },
  });
}

describe.each(['uws', 'ws'] as const)('pages on %s', (transport) => {
  let node: SpawnedNode;
  let cookie: string;
  beforeAll(async () => {
    node = nodeOf(transport);
    ({ cookie } = await newCookie(node));
  });

  it.each(PAGES)(
    '%s opens a socket, with the cookie and without, only if it may',
    async (...row) => {
      const [, page, allowed] = row;
      const origin = ['Origin', originOn(node, page ?? '')] as const;
      for (const headers of [[origin], [origin, ['Cookie', `a=b; ${cookie}`]]] satisfies Fields[]) {
        const { status, body } = await upgrade(node, headers);
        expect(status).toBe(allowed ? 101 : 403);
        if (!allowed) expect(JSON.parse(body)).toMatchObject({ error: { code: 'origin_denied' } });
      }
    },
  );

  it.each(PAGES)('%s gets, and uses, a cookie over HTTP only if it may', async (...row) => {
    const [, page, allowed] = row;
    const origin = originOn(node, page ?? '');
    const created = await newCookie(node, { origin });
    const mine = await newCookie(node);
    const refreshed = await refresh(node, mine.cookie, origin);
    if (allowed) {
      expect([created.status, refreshed.status]).toEqual([201, 200]);
      expect(refreshed.headers.get('set-cookie')).toMatch(/^pinroom_refresh=[0-9a-f-]{36}\.2\./);
      return;
    }
    for (const answer of [created, refreshed]) {
      expect(answer).toMatchObject({ status: 403, code: 'origin_denied' });
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
    // Nothing was rotated: the cookie is still the first.
    const own = await refresh(node, mine.cookie, node.url);
    expect(own.headers.get('set-cookie')).toMatch(/^pinroom_refresh=[0-9a-f-]{36}\.2\./);
  });

  it('a program, which sends no origin, is let in without the cookie and not with it', async () => {
    expect((await upgrade(node, [])).status).toBe(101);
    expect((await upgrade(node, [['Origin', '']])).status).toBe(101);
    expect((await upgrade(node, [['Cookie', 'other=1']])).status).toBe(101);
    for (const headers of [
      [['Cookie', cookie]],
      [['Cookie', `other=1; ${cookie}`]],
      [['Cookie', ` pinroom_refresh = ${cookie.split('=')[1]}`]],
      [
        ['Origin', ''],
        ['Cookie', cookie],
      ],
      [
        ['Cookie', 'other=1'],
        ['Cookie', cookie],
      ],
      [
        ['Cookie', cookie],
        ['Cookie', 'other=1'],
      ],
    ] satisfies Fields[]) {
      expect([headers, (await upgrade(node, headers)).status]).toEqual([headers, 403]);
    }
    expect(await refresh(node, cookie, null)).toMatchObject({ status: 403, code: 'origin_denied' });
    expect((await newCookie(node)).status).toBe(201);
  });

  it('a listed page after another one, in two headers, is not listed', async () => {
    const both: Fields = [
      ['Origin', LISTED],
      ['Origin', 'https://evil.example'],
    ];
    expect((await upgrade(node, both)).status).toBe(403);
    expect((await upgrade(node, [...both].reverse())).status).toBe(403);
  });

  it('no connection is taken over, however its name is written', async () => {
    for (const query of ['&sid=x', '&s%69d=x', '&x=?&sid=x', '&sid=__proto__', '&%73%69%64']) {
      const answer = await upgrade(node, [], SOCKET + query);
      expect([query, answer.status]).toEqual([query, 400]);
      expect(answer.body).toContain('bad_request');
    }
  });

  it('only WebSocket and Engine.IO 4 are spoken', async () => {
    const queries = ['', 'EIO=3&transport=websocket', 'transport=websocket', 'EIO=4'];
    queries.push('EIO=4&transport=polling', 'EIO=4&transport=webtransport', 'EIO=__proto__');
    queries.push('EIO=4&transport=websocket&transport=polling', 'EIO=4&transport=constructor');
    for (const query of queries) {
      const answer = await upgrade(node, [], `/socket.io/?${query}`);
      expect([query, answer.status]).toEqual([query, 400]);
    }
    for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
      const answer = await rawHttp(node.port, {
        method,
        path: '/socket.io/?EIO=4&transport=polling',
      });
      expect(answer.status).toBe(400);
    }
  });

  it('a cookie opens nothing but the refresh of its session', async () => {
    type Operations = Record<string, { security: object[] }>;
    const { body } = await call<{ paths: Record<string, Operations> }>(`${node.url}/openapi.json`);
    const asked: string[] = [];
    const refreshed: string[] = [];
    for (const [pattern, operations] of Object.entries(body.paths)) {
      const path = pattern.replace('{id}', ID).replace('{pin}', '123456');
      for (const [name, { security }] of Object.entries(operations)) {
        if (security.length === 0) continue;
        const method = name.toUpperCase();
        if (security.some((scheme) => 'refreshCookie' in scheme)) {
          refreshed.push(`${method} ${path}`);
          continue;
        }
        for (const origin of [node.url, LISTED]) {
          const answer = await call(`${node.url}${path}`, { method, headers: { cookie, origin } });
          expect([method, path, answer.code]).toEqual([method, path, 'unauthenticated']);
        }
        asked.push(`${method} ${pattern}`);
      }
    }
    expect(refreshed).toEqual(['POST /api/sessions/refresh']);
    expect(asked).toContain('DELETE /api/sessions/current');
    expect(asked).toContain('POST /api/rooms');
    expect(asked).toContain('PATCH /api/rooms/{id}');
    expect((await refresh(node, cookie, node.url)).status).toBe(200);
  });

  it('every answer tells the browser to be careful, refusals and early ones too', async () => {
    const long = { 'content-type': 'application/json' };
    const raw = (size: number) =>
      call(`${node.url}/api/sessions`, {
        method: 'POST',
        headers: long,
        raw: `"${'x'.repeat(size)}"`,
      });
    const answers: [string, { status: number; headers: Pick<Headers, 'get'> }][] = [
      ['a page', await call(`${node.url}/`)],
      ['JSON', await call(`${node.url}/healthz`)],
      ['an unknown path', await call(`${node.url}/nowhere`)],
      ['no token', await call(`${node.url}/api/rooms`)],
      ['a large body', await raw(30_000)],
      ['a larger body', await raw(100_000)],
      ['a denied page', await refresh(node, cookie, 'https://evil.example')],
    ];
    const early: [string, RawAnswer][] = [
      ['a denied socket', await upgrade(node, [['Origin', 'https://evil.example']])],
      ['a socket taken over', await upgrade(node, [], `${SOCKET}&sid=x`)],
      ['polling', await rawHttp(node.port, { path: '/socket.io/?EIO=4&transport=polling' })],
      ['TRACE', await rawHttp(node.port, { method: 'TRACE', path: '/' })],
      ['no host', await rawHttp(node.port, { path: '/healthz', headers: [['Host', 'a b']] })],
      ...(await Promise.all(
        ['a/b', 'a?b', 'a#b', 'u@a'].map(async (host): Promise<[string, RawAnswer]> => {
          const headers = [['Host', host]] as const;
          return [`the host ${host}`, await rawHttp(node.port, { path: '/healthz', headers })];
        }),
      )),
    ];
    for (const [what, { status, headers, body }] of early) {
      expect([what, [400, 403, 405].includes(status)]).toEqual([what, true]);
      expect([what, JSON.parse(body)]).toMatchObject([what, { error: { code: /./ } }]);
      answers.push([what, { status, headers: { get: (name) => headers.get(name) ?? null } }]);
    }
    for (const [what, { headers }] of answers) {
      expect([what, headers.get('x-content-type-options')]).toEqual([what, 'nosniff']);
      expect([what, headers.get('referrer-policy')]).toEqual([what, 'no-referrer']);
      const policy = headers.get('content-security-policy') ?? '';
      expect([what, policy]).toEqual([what, expect.stringContaining("default-src 'none'")]);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('strict-transport-security')).toBeNull();
    }
  });
});

describe('where every page may bring its own token', () => {
  it('the public address is the own page, and the cookie is for it alone', async () => {
    const { cookie } = await newCookie(open, { origin: PUBLIC_URL });
    const withCookie: Fields = [['Cookie', cookie]];
    const rows = [
      [PUBLIC_URL, 101, 200],
      [open.url, 403, 403],
      ['https://evil.example', 403, 403],
      [`${PUBLIC_URL}:444`, 403, 403],
      ['null', 403, 403],
    ] as const;
    for (const [origin, socket] of rows) {
      const sites: Fields = [['Origin', origin]];
      expect([origin, (await upgrade(open, sites)).status]).toEqual([origin, 101]);
      const answer = await upgrade(open, [...sites, ...withCookie]);
      expect([origin, answer.status]).toEqual([origin, socket]);
    }
    for (const [origin, , status] of [...rows].reverse()) {
      expect([origin, (await refresh(open, cookie, origin)).status]).toEqual([origin, status]);
    }
    expect((await newCookie(open, { origin: 'https://evil.example' })).code).toBe('origin_denied');
  });

  it('browsers are told to come over TLS alone, in refusals too', async () => {
    const { headers } = await call(`${open.url}/healthz`);
    const refused = await upgrade(open, [], `${SOCKET}&sid=x`);
    const polling = await rawHttp(open.port, { path: '/socket.io/' });
    for (const found of [headers, refused.headers, polling.headers]) {
      expect(found.get('strict-transport-security')).toBe('max-age=31536000');
    }
  });
});
