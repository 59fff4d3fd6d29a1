import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until.js';
import { connectRaw, openRaw, RawClient } from './raw-client.js';
import { type Bench, OWN_PAGE, openBench, TRANSPORTS } from './transport-bench.js';

describe.each(TRANSPORTS)('handshake on %s', (transport) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(transport);
  });
  afterAll(() => bench.server.close());

  async function refusal(auth: string): Promise<unknown> {
    const client = await openRaw(bench.host);
    client.send(`40${auth}`);
    const frame = await client.frame('44');
    return (JSON.parse(frame.slice(2)) as { data: unknown }).data;
  }

  it('[CONN-4] an accepted client is greeted and counted, and its end is told once', async () => {
    const before = bench.handler.clients.length;
    const client = await connectRaw(bench.host);
    const seen = bench.handler.clients[before];
    expect(seen?.caller).toMatchObject({ userId: 'u1', sessionId: 's1' });
    expect(bench.metrics.values.get('pinroom_sockets')).toBeGreaterThan(0);
    client.socket.close();
    await until(() => seen?.closedTimes === 1);
    // A further call on the closed socket is ignored.
    seen?.socket.joinTopic('x-aa');
    seen?.socket.sendFrame('42["late",{}]');
    seen?.socket.leaveTopic('x-aa');
    seen?.socket.disconnect();
    expect(seen?.closedTimes).toBe(1);
    expect(bench.logger.faults).toEqual([]);
  });

  it('[CONN-2] the end of a client that is closed while it is taken on is told, too', async () => {
    const before = bench.handler.clients.length;
    const sockets = bench.metrics.values.get('pinroom_sockets') ?? 0;
    bench.handler.closesAtOnce = true;
    try {
      const client = await openRaw(bench.host);
      client.send('40{"token":"good"}');
      await client.closed();
      await until(() => bench.handler.clients[before]?.closedTimes === 1);
      expect(bench.metrics.values.get('pinroom_sockets')).toBe(sockets);
    } finally {
      bench.handler.closesAtOnce = false;
    }
  });

  it('[CONN-4] the standard client connects, and comes back by itself after a disconnect', async () => {
    const before = bench.handler.clients.length;
    const client = io(`http://${bench.host}`, {
      transports: ['websocket'],
      auth: { token: 'good' },
      reconnectionDelay: 10,
      reconnectionDelayMax: 20,
    });
    try {
      const first = await until(() => bench.handler.clients[before]);
      first.socket.disconnect();
      await until(() => first.closedTimes === 1);
      await until(() => bench.handler.clients[before + 1]);
    } finally {
      client.disconnect();
    }
  });

  it('[CONN-3] a refused client is told code, message and when to retry', async () => {
    expect(await refusal('')).toEqual({ code: 'unauthenticated', message: expect.any(String) });
    expect(await refusal('{"token":"busy"}')).toEqual({
      code: 'rate_limited',
      message: 'slow down',
      retryAfterMs: 1_234,
    });
    expect(bench.metrics.values.get('pinroom_handshakes_total{rate_limited}')).toBe(1);
  });

  it('[CONN-3] a fault of the server is internal and keeps its details', async () => {
    const answer = await refusal('{"token":"bug"}');
    expect(answer).toMatchObject({ code: 'internal' });
    expect(JSON.stringify(answer)).not.toContain('secret detail');
    bench.logger.faults.length = 0;
  });

  it('[CONN-3] a refused client may try again on the same connection, a few times', async () => {
    const client = await openRaw(bench.host);
    client.send('40');
    await client.frame('44');
    client.send('40{"token":"good"}');
    await client.frame('42["session:ready"');
    const stubborn = await openRaw(bench.host);
    for (let tries = 0; tries < 20; tries++) stubborn.send('40');
    await stubborn.closed();
  });

  it('[CONN-3] token, refresh token and cookie count in this order', async () => {
    const shown = async (auth: string, cookie?: string) => {
      const before = bench.handler.shown.length;
      const options = cookie ? { cookie, origin: OWN_PAGE } : {};
      const raw = await openRaw(bench.host, options);
      raw.send(`40${auth}`);
      const { client, ...credentials } = await until(() => bench.handler.shown[before]);
      expect(client).toEqual({ address: '127.0.0.1', userAgent: expect.any(String) });
      return credentials;
    };
    const cookie = 'a=b; pinroom_refresh=from-cookie; c=d';
    expect(await shown('{"token":"t","refreshToken":"r"}', cookie)).toEqual({ token: 't' });
    expect(await shown('{"refreshToken":"r"}', cookie)).toEqual({ refreshToken: 'r' });
    expect(await shown('', cookie)).toEqual({ refreshToken: 'from-cookie' });
    expect(await shown('{"token":5,"refreshToken":{}}')).toEqual({});
    expect(await shown('', 'a=b')).toEqual({});
  });

  it.each([
    ['own page', { origin: OWN_PAGE }, 101],
    ['own page with the cookie', { origin: OWN_PAGE, cookie: 'pinroom_refresh=x' }, 101],
    ['no origin', {}, 101],
    ['no origin, another cookie', { cookie: 'other=x' }, 101],
    ['no origin, the cookie', { cookie: 'other=1; pinroom_refresh=x' }, 403],
    ['another page', { origin: 'https://evil.example' }, 403],
    ['a page of no origin', { origin: 'null' }, 403],
    ['a longer host', { origin: `${OWN_PAGE}.evil` }, 403],
    ['another port', { origin: `${OWN_PAGE}:444` }, 403],
  ])('[CONN-3] an upgrade from %s', async (_who, options, status) => {
    const client = new RawClient(bench.host, options);
    if (status === 101) {
      await client.frame('0{');
      return;
    }
    await client.closed();
    expect(client.refused?.status).toBe(status);
    expect(JSON.parse(client.refused?.body ?? '')).toMatchObject({
      error: { code: 'origin_denied' },
    });
  });

  it('[CONN-3] no second transport takes over a connection, and polling is not offered', async () => {
    const client = await connectRaw(bench.host);
    const open = JSON.parse((await client.frame('0{')).slice(1)) as { sid: string };
    const thief = new RawClient(bench.host, { query: `&sid=${open.sid}` });
    await thief.closed();
    expect(thief.refused?.status).toBe(400);
    for (const query of ['EIO=4&transport=polling', 'EIO=4&transport=websocket', '']) {
      const answer = await fetch(`http://${bench.host}/socket.io/?${query}`);
      expect(answer.status).toBe(400);
    }
  });

  it('[CONN-3] other namespaces are refused, and asking again and again closes', async () => {
    const client = await openRaw(bench.host);
    client.send('40/admin,');
    expect(await client.frame('44/admin,')).toContain('Invalid namespace');
    for (let tries = 0; tries < 5; tries++) client.send(`40/n${tries},`);
    await client.closed();
  });
});

describe.each(TRANSPORTS)('a network with few connections on %s', (transport) => {
  it('[CONN-3] gets no more accepted than twice its sockets, until others have gone', async () => {
    const bench = await openBench(transport, { socketsPerNetwork: 2 });
    try {
      // Those that never show who they are count, too.
      const open = await Promise.all([1, 2, 3, 4].map(() => openRaw(bench.host)));
      const fifth = new RawClient(bench.host);
      await fifth.closed();
      expect(fifth.refused).toMatchObject({ status: 429, retryAfter: '5' });
      expect(JSON.parse(fifth.refused?.body ?? '')).toEqual({
        error: {
          code: 'rate_limited',
          message: 'Too many connections come from your network.',
          retryAfterMs: 5_000,
        },
      });
      open[0]?.socket.terminate();
      await until(async () => {
        const next = new RawClient(bench.host);
        await until(() => next.frames.length > 0 || next.refused !== null);
        return next.refused === null;
      });
    } finally {
      await bench.server.close();
    }
  });
});
