import { describe, expect, it } from 'vitest';
import type { ExportedRoom } from '../../../src/engine/connection/http-api.port.js';
import { HandWoundClock } from '../../support/hand-wound-clock.js';
import { until } from '../../support/until.js';
import { codeOf, HttpFixture, ROOM_ID } from './http-fixture.js';

const EVIL = 'https://evil.test';

describe('what every answer has', () => {
  it('security headers, on pages, JSON, errors and files alike', async () => {
    const http = new HttpFixture({ publicUrl: 'https://pin.test' });
    for (const what of [
      'GET /',
      'GET /about',
      'GET /healthz',
      'GET /nowhere',
      'POST /api/rooms',
      'PUT /api/rooms',
    ]) {
      const { headers } = await http.call(what);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; " +
          "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      );
    }
    const plain = await new HttpFixture().call('GET /healthz');
    expect(plain.headers.get('strict-transport-security')).toBeNull();
    expect(plain.headers.get('cross-origin-opener-policy')).toBeNull();
  });

  it('nothing under /api is kept by a cache', async () => {
    const http = new HttpFixture();
    for (const what of ['POST /api/sessions', 'GET /api/rooms', 'GET /api/nowhere']) {
      expect((await http.call(what)).headers.get('cache-control')).toBe('no-store');
    }
  });

  it('an unknown path is a JSON 404, whatever is in it', async () => {
    const http = new HttpFixture();
    const paths = ['/api', '/api/', '/api/nowhere', '/api/rooms/', '/x', '/%zz', '/%', '/%E0%A4%A'];
    for (const path of [...paths, '/api/../etc/passwd', '//', '/assets/../x']) {
      const response = await http.call(`GET ${path}`);
      expect([path, response.status]).toEqual([path, 404]);
      expect(await codeOf(response)).toBe('not_found');
    }
  });

  it('a method that a path does not have is 405 and names the others', async () => {
    const http = new HttpFixture();
    const response = await http.call('PUT /api/rooms', { body: {} });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST, GET, HEAD');
    expect(await codeOf(response)).toBe('not_found');
  });

  it('an answer that takes too long is refused as any other, and what comes late is let go', async () => {
    const clock = new HandWoundClock();
    const http = new HttpFixture({ clock });
    const token = await http.signIn();
    let answer: (room: ExportedRoom) => void = () => {};
    http.rooms.exportRoom = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const call = http.call(`GET /api/rooms/${ROOM_ID}/export.ndjson`, { token });
    await clock.wind(30_000);
    const response = await call;
    expect([response.status, await codeOf(response)]).toEqual([503, 'unavailable']);
    expect(response.headers.get('retry-after')).toBe('1');
    const requestId = response.headers.get('x-request-id');
    const lines = http.logger.lines.map(({ fields }) => fields);
    expect(lines).toEqual([expect.objectContaining({ requestId, status: 503 })]);
    const labels = { route: 'exportRoom', code: 'unavailable' };
    expect(http.counted).toEqual([['pinroom_http_requests_total', labels]]);
    let isClosed = false;
    answer({
      next: async () => '{}',
      close: () => {
        isClosed = true;
      },
    });
    await until(() => isClosed);
    expect(http.counted).toHaveLength(1);
  });

  it('HEAD has the headers of GET and no body', async () => {
    const response = await new HttpFixture().call('HEAD /healthz');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});

describe('other origins', () => {
  const ask = (http: HttpFixture, what: string, origin: string) =>
    http.call(what, { headers: { origin, 'access-control-request-method': 'POST' } });

  it('a listed page may read answers and use its cookie', async () => {
    const http = new HttpFixture({ allowedOrigins: [EVIL] });
    const { headers } = await ask(http, 'GET /api/rooms', EVIL);
    expect(headers.get('access-control-allow-origin')).toBe(EVIL);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(headers.get('access-control-expose-headers')).toBe('Retry-After, X-Request-Id');
    expect(headers.get('vary')).toContain('Origin');
  });

  it('`*` opens answers to every page, never with its cookie', async () => {
    const http = new HttpFixture({ allowedOrigins: ['*'] });
    const { headers } = await ask(http, 'GET /api/rooms', EVIL);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each([EVIL, 'null', 'http://pin.test:81', 'https://pin.test'])(
    'a page of %s may read nothing',
    async (origin) => {
      for (const what of ['GET /api/rooms', 'OPTIONS /api/rooms']) {
        const { headers } = await ask(new HttpFixture(), what, origin);
        expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect(headers.get('vary')).toContain('Origin');
      }
    },
  );

  it('a preflight tells methods and headers', async () => {
    const response = await ask(
      new HttpFixture({ allowedOrigins: [EVIL] }),
      'OPTIONS /api/rooms',
      EVIL,
    );
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(EVIL);
    expect(response.headers.get('access-control-allow-methods')).toBe('POST, GET, HEAD');
    expect(response.headers.get('access-control-allow-headers')).toBe(
      'Authorization, Content-Type',
    );
  });
});

describe('who is asking', () => {
  const addressIn = (http: HttpFixture) =>
    Reflect.get(http.logger.lines.at(-1)?.fields ?? {}, 'address');
  const headers = { 'x-forwarded-for': '6.6.6.6, 1.2.3.4' };

  it('the address behind a believed proxy is logged, with the route and never the path', async () => {
    const http = new HttpFixture({ trustProxy: 1 });
    await http.call('GET /api/rooms/by-pin/482913', { headers });
    expect(addressIn(http)).toBe('1.2.3.4');
    const [line] = http.logger.lines;
    expect(line?.fields).toMatchObject({ route: '/api/rooms/by-pin/:pin', status: 401 });
    expect(JSON.stringify(http.logger.lines)).not.toContain('482913');
  });

  it('forwarding headers that nobody is trusted with are warned about once', async () => {
    const http = new HttpFixture();
    for (let i = 0; i < 3; i += 1) await http.call('GET /healthz', { headers });
    expect(addressIn(http)).toBe('10.0.0.1');
    const warnings = http.logger.lines.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain('PINROOM_TRUST_PROXY');
  });
});
