import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.js';
import { codeOf, HttpFixture, LOG_ENTRY, ROOM_ID } from './http-fixture.js';

const token = 'op';
const open = () => new HttpFixture({ operatorToken: token });
const stream = { accept: 'text/event-stream' };
const ROUTES = [
  ...['log', 'rooms', `rooms/${ROOM_ID}`, `rooms/${ROOM_ID}/entries`, 'nodes'].map(
    (path) => `GET /api/ops/${path}`,
  ),
  `POST /api/ops/rooms/${ROOM_ID}/close`,
];

describe('what is for operators', () => {
  it.each(ROUTES)('%s needs the operator token, and does not exist without one', async (what) => {
    const http = open();
    expect((await http.call(what, { token })).status).toBe(200);
    const user = await http.signIn();
    for (const wrong of ['opp', user]) {
      const refused = await http.call(what, { token: wrong });
      expect([refused.status, await codeOf(refused)]).toEqual([401, 'unauthenticated']);
    }
    expect((await http.call(what, { headers: stream })).status).toBe(401);
    const closed = new HttpFixture({ apiKey: 'application' });
    for (const any of ['op', 'application']) {
      const refused = await closed.call(what, { token: any, headers: stream });
      expect([refused.status, await codeOf(refused)]).toEqual([404, 'not_found']);
    }
    expect(http.operators.followers).toBe(0);
  });

  it('the log is asked for as it was wished, 50 entries unless told', async () => {
    const http = open();
    const answer = await http.call('GET /api/ops/log', { token });
    expect(await answer.json()).toEqual({
      entries: [LOG_ENTRY],
      nextCursor: null,
      source: 'archive',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    await http.call('GET /api/ops/log?before=7-1&limit=200&type=node-down', { token });
    expect(http.operators.asked.map(({ question }) => question)).toEqual([
      { before: null, after: null, limit: 50, type: null },
      { before: '7-1', after: null, limit: 200, type: 'node-down' },
    ]);
  });

  it('rooms are asked for by page or by PIN', async () => {
    const http = open();
    await http.call(`GET /api/ops/rooms?cursor=${ROOM_ID}&limit=7`, { token });
    await http.call('GET /api/ops/rooms?pin=482913', { token });
    expect(http.operators.asked.map(({ question }) => question)).toEqual([
      { cursor: ROOM_ID, limit: 7, pin: null },
      { cursor: null, limit: 50, pin: '482913' },
    ]);
  });

  it('one room is asked for with a page of its members, or of what is said in it', async () => {
    const http = open();
    const room = `GET /api/ops/rooms/${ROOM_ID}`;
    const answer = await http.call(room, { token });
    expect(await answer.json()).toMatchObject({ room: { id: ROOM_ID }, hostState: 'gone' });
    await http.call(`${room}?cursor=7&limit=2`, { token });
    await http.call(`${room}/entries?channel=host&before=1-7&limit=3`, { token });
    expect(http.operators.asked).toEqual([
      { what: 'room', question: { roomId: ROOM_ID, cursor: null, limit: 50 } },
      { what: 'room', question: { roomId: ROOM_ID, cursor: '7', limit: 2 } },
      {
        what: 'entries',
        question: { roomId: ROOM_ID, channel: 'host', before: '1-7', limit: 3 },
      },
    ]);
    for (const path of ['rooms/7', 'rooms/7/entries']) {
      const refused = await http.call(`GET /api/ops/${path}`, { token });
      expect([refused.status, await codeOf(refused)]).toEqual([404, 'room_not_found']);
    }
  });

  it('a room is closed by its id', async () => {
    const http = open();
    const answer = await http.call(`POST /api/ops/rooms/${ROOM_ID}/close`, { token });
    expect(await answer.json()).toEqual({});
    const refused = await http.call('POST /api/ops/rooms/7/close', { token });
    expect([refused.status, await codeOf(refused)]).toEqual([404, 'room_not_found']);
    expect(http.operators.asked).toEqual([{ what: 'close', question: { roomId: ROOM_ID } }]);
  });

  it.each([
    'log?before=newest',
    'log?after=1',
    'log?limit=0',
    'log?limit=201',
    'log?type=everything',
    'rooms?cursor=7',
    'rooms?pin=abc',
    'rooms?limit=many',
    `rooms/${ROOM_ID}?limit=0`,
    `rooms/${ROOM_ID}/entries?channel=`,
    `rooms/${ROOM_ID}/entries?after=1`,
  ])('%s is a bad request', async (query) => {
    const http = open();
    const refused = await http.call(`GET /api/ops/${query}`, { token });
    expect([refused.status, await codeOf(refused)]).toEqual([400, 'bad_request']);
    expect(http.operators.asked).toEqual([]);
  });
});

describe('the log as a stream', () => {
  it('says hello at once, then each entry with its id, and a comment when there is none', async () => {
    const http = open();
    http.operators.coming.push([LOG_ENTRY, { ...LOG_ENTRY, id: '1800000000000-1' }], [], null);
    const answer = await http.call('GET /api/ops/log', { token, headers: stream });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const blocks = (await answer.text()).split('\n\n');
    expect(blocks).toEqual([
      'retry: 2000\n: ',
      `id: 1800000000000-0\ndata: ${JSON.stringify(LOG_ENTRY)}`,
      `id: 1800000000000-1\ndata: ${JSON.stringify({ ...LOG_ENTRY, id: '1800000000000-1' })}`,
      ': ',
      '',
    ]);
  });

  it('goes on behind Last-Event-ID, or else behind `after`', async () => {
    const http = open();
    const ask = (query: string, headers = {}) =>
      http.call(`GET /api/ops/log${query}`, { token, headers: { ...stream, ...headers } });
    await ask('');
    await ask('?after=5-0&type=abuse');
    await ask('?after=5-0', { 'last-event-id': '9-2' });
    expect(http.operators.asked.map(({ question }) => question)).toEqual([
      { after: null, type: null },
      { after: '5-0', type: 'abuse' },
      { after: '9-2', type: null },
    ]);
    for (const refused of [await ask('', { 'last-event-id': 'x' }), await ask('?before=1-0')]) {
      expect([refused.status, await codeOf(refused)]).toEqual([400, 'bad_request']);
    }
    expect(http.operators.followers).toBe(3);
  });

  it('reads nothing ahead of its reader, and gives its place back when that goes', async () => {
    const http = open();
    http.operators.coming.push([LOG_ENTRY], [LOG_ENTRY], [LOG_ENTRY]);
    const answer = await http.call('GET /api/ops/log', { token, headers: stream });
    const reader = answer.body?.getReader();
    await reader?.read();
    await reader?.read();
    await until(() => http.operators.coming.length === 2);
    expect(http.operators.followers).toBe(1);
    await reader?.cancel();
    expect([http.operators.followers, http.operators.coming.length]).toEqual([0, 2]);
  });

  it('takes no place where only its head was asked for', async () => {
    const http = new HttpFixture({ operatorToken: token });
    const answer = await http.call('HEAD /api/ops/log', { token, headers: stream });
    expect([answer.status, await answer.text(), http.operators.followers]).toEqual([200, '', 0]);
  });
});
