import { describe, expect, it } from 'vitest';
import { HandWoundClock } from '../../support/hand-wound-clock.js';
import { codeOf, HttpFixture } from './http-fixture.js';

/** A body that comes in pieces, without a length; `end` false: it never ends. */
function pieces(count: number, end = true): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent < count) controller.enqueue(new Uint8Array(1_000).fill(32));
      else if (end) controller.close();
      else return new Promise(() => undefined);
      sent += 1;
      return undefined;
    },
  });
}

function stream(http: HttpFixture, body: ReadableStream<Uint8Array>): Promise<Response> {
  const init = { method: 'POST', body, duplex: 'half', headers: { host: 'pin.test' } };
  const request = new Request('http://pin.test/api/sessions', init as RequestInit);
  request.headers.set('content-type', 'application/json');
  return http.app.fetch(request, { remoteAddress: '10.0.0.1' });
}

describe('request bodies', () => {
  it.each([
    ['no JSON', '{', 'application/json'],
    ['a form', 'nickname=Ada', 'application/x-www-form-urlencoded'],
    ['text that looks like JSON', '{}', 'text/plain'],
    ['a type that only begins like JSON', '{}', 'application/jsonx'],
    ['a list', '[]', 'application/json'],
    ['null', 'null', 'application/json'],
    ['deep nesting', '['.repeat(10_000), 'application/json'],
  ])('%s is a bad request', async (_, body, type) => {
    const response = await new HttpFixture().call('POST /api/sessions', {
      body,
      headers: { 'content-type': type },
    });
    expect(response.status).toBe(400);
    expect(await codeOf(response)).toBe('bad_request');
  });

  it('JSON may say its charset; broken UTF-8 is refused', async () => {
    const http = new HttpFixture();
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect((await http.call('POST /api/sessions', { body: {}, headers })).status).toBe(201);
    const request = new Request('http://pin.test/api/sessions', {
      method: 'POST',
      headers,
      body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    });
    const broken = await http.app.fetch(request, { remoteAddress: '10.0.0.1' });
    expect(await codeOf(broken)).toBe('bad_request');
  });

  it('a body above the limit is refused, with or without a length', async () => {
    const http = new HttpFixture({ maxBodyBytes: 5_000 });
    const long = await http.call('POST /api/sessions', { body: ' '.repeat(5_001) });
    expect([long.status, await codeOf(long)]).toEqual([413, 'payload_too_large']);
    const endless = await stream(http, pieces(Number.POSITIVE_INFINITY));
    expect([endless.status, await codeOf(endless)]).toEqual([413, 'payload_too_large']);
    expect((await stream(http, pieces(4))).status).toBe(400);
  });

  it('a body that does not end is given up', async () => {
    const clock = new HandWoundClock();
    const answer = stream(new HttpFixture({ clock }), pieces(1, false));
    await clock.wind(10_000);
    expect(await codeOf(await answer)).toBe('bad_request');
  });

  it('a client that goes away in the middle is no fault of ours', async () => {
    const http = new HttpFixture();
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('gone')),
    });
    expect((await stream(http, broken)).status).toBe(400);
    expect(http.logger.lines.some(({ level }) => level === 'error')).toBe(false);
  });
});
