import { describe, expect, it } from 'vitest';
import { HttpFixture } from './http-fixture.js';

const http = new HttpFixture();
const get = (path: string, headers: { [name: string]: string } = {}) =>
  http.call(`GET ${path}`, { headers });

describe('the pages', () => {
  it('come to everybody at their addresses, whatever the PIN', async () => {
    for (const path of ['/', '/r/123456', '/r/123456/', '/r/nonsense']) {
      const response = await get(path);
      expect([path, response.status, await response.text()]).toEqual([
        path,
        200,
        '<!doctype html>',
      ]);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    }
    expect((await get('/index.html')).status).toBe(404);
  });

  it('are asked for each time, their hashed files once in a year', async () => {
    expect((await get('/')).headers.get('cache-control')).toBe('no-cache');
    const script = await get('/assets/player-1.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await get('/icon.svg')).headers.get('cache-control')).toBe('no-cache');
  });

  it.each([
    ['gzip, deflate, br, zstd', 'br', 'br'],
    ['gzip', 'gzip', 'gz'],
    ['br;q=0, gzip;q=0.5', 'gzip', 'gz'],
    ['*', 'br', 'br'],
    ['identity', null, 'play()'],
    ['', null, 'play()'],
  ])('are sent as a browser that accepts %j can read them', async (accepted, encoding, body) => {
    const response = await get('/assets/player-1.js', { 'accept-encoding': accepted });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('vary')).toContain('accept-encoding');
    expect(await response.text()).toBe(body);
  });

  it('are sent plain where that is all there is', async () => {
    const response = await get('/icon.svg', { 'accept-encoding': 'br, gzip' });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.text()).toBe('<svg/>');
  });

  it('are not sent again to a browser that has them', async () => {
    for (const known of ['W/"1"', '"0", "1"', '*']) {
      const response = await get('/', { 'if-none-match': known });
      expect([known, response.status, await response.text()]).toEqual([known, 304, '']);
      expect(response.headers.get('etag')).toBe('W/"1"');
    }
    expect((await get('/', { 'if-none-match': 'W/"0"' })).status).toBe(200);
  });

  it('are not there where nobody has built them, and the API is', async () => {
    const bare = new HttpFixture({ pages: new Map() });
    expect((await bare.call('GET /host')).status).toBe(404);
    expect((await bare.call('GET /healthz')).status).toBe(200);
  });
});
