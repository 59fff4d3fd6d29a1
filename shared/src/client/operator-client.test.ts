import { describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../../../server/test/support/fake-room-server.js';
import type { SystemEntry } from '../operators.js';
import { type FollowLogOptions, OperatorClient } from './operator-client.js';

interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly at: string;
  readonly authorization: string | null;
  readonly accept: string | null;
}

const text = (part: string) => new TextEncoder().encode(part);
const refusal = (code: string, status: number, retryAfterMs?: number) =>
  Response.json({ error: { code, message: '', retryAfterMs } }, { status });

/** A stream of the log that the test writes. */
function openStream() {
  let out: ReadableStreamDefaultController<Uint8Array> | undefined;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      out = controller;
    },
    cancel() {
      isCancelled = true;
    },
  });
  return {
    response: new Response(body),
    tell: (id: string) => out?.enqueue(text(`id: ${id}\ndata: ${JSON.stringify({ id })}\n\n`)),
    comment: () => out?.enqueue(text(': \n\n')),
    end: () => out?.close(),
    cut: () => out?.error(new TypeError('terminated')),
    get isCancelled() {
      return isCancelled;
    },
  };
}

function setUp(...answers: (Response | Error)[]) {
  const clock = new ManualClock();
  const asked: Asked[] = [];
  const fetch: typeof globalThis.fetch = async (address, init) => {
    const { pathname, search } = new URL(String(address));
    const headers = new Headers(init?.headers);
    const [accept, authorization] = [headers.get('accept'), headers.get('authorization')];
    asked.push({ method: init?.method ?? '', at: pathname + search, accept, authorization });
    const answer = answers.shift() ?? new TypeError('fetch failed');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const operator = new OperatorClient({
    url: 'http://server.test',
    token: 'secret',
    fetch,
    clock,
    random: () => 0.5,
  });
  const follow = (options?: FollowLogOptions) => {
    const seen: string[] = [];
    const outcome: { value: string } = { value: 'following' };
    const run = async () => {
      for await (const { id } of operator.followLog(options)) seen.push(id);
    };
    run().then(
      () => Object.assign(outcome, { value: 'ended' }),
      ({ code }) => Object.assign(outcome, { value: code }),
    );
    return { outcome, seen };
  };
  const places = () => asked.map(({ at }) => at);
  return { asked, clock, follow, operator, places };
}

const logOf = (...ids: string[]) =>
  Response.json({ entries: ids.map((id) => ({ id }) as SystemEntry), nextCursor: null });

describe('the client of an operator', () => {
  it('asks for what there is, with its token', async () => {
    const answers = Array.from({ length: 7 }, (_, n) => Response.json({ n }));
    const { asked, operator, places } = setUp(...answers);
    expect(await operator.nodes()).toEqual({ n: 0 });
    await operator.rooms({ pin: '123456' });
    await operator.rooms({ cursor: 'c', limit: 2 });
    await operator.room('a/b', { cursor: 'u', limit: 5 });
    await operator.entries('r', { channel: 'host', before: '1-2', limit: 3 });
    await operator.log({ type: 'abuse' });
    expect(await operator.log()).toEqual({ n: 6 });
    expect(places()).toEqual([
      '/api/ops/nodes',
      '/api/ops/rooms?pin=123456',
      '/api/ops/rooms?cursor=c&limit=2',
      '/api/ops/rooms/a%2Fb?cursor=u&limit=5',
      '/api/ops/rooms/r/entries?channel=host&before=1-2&limit=3',
      '/api/ops/log?type=abuse',
      '/api/ops/log',
    ]);
    expect(asked[0]).toMatchObject({ authorization: 'Bearer secret', accept: 'application/json' });
  });

  it('closes a room', async () => {
    const { asked, operator } = setUp(Response.json({}), refusal('room_closed', 410));
    await operator.closeRoom('a/b');
    expect(asked[0]).toMatchObject({
      method: 'POST',
      at: '/api/ops/rooms/a%2Fb/close',
      authorization: 'Bearer secret',
    });
    await expect(operator.closeRoom('r')).rejects.toMatchObject({ code: 'room_closed' });
  });

  it('is told what is wrong by code', async () => {
    const { operator } = setUp(refusal('unauthenticated', 401), new TypeError('fetch failed'));
    await expect(operator.nodes()).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(operator.nodes()).rejects.toMatchObject({ code: 'offline' });
  });
});

describe('[CLIENT-21] following the log', () => {
  it('begins behind the newest entry, and comes back behind the last one', async () => {
    const [first, second] = [openStream(), openStream()];
    const parts = [logOf('5-0'), first.response, new TypeError('fetch failed'), second.response];
    const { asked, clock, follow, places } = setUp(...parts);
    const line: string[] = [];
    const { outcome, seen } = follow({
      type: 'abuse',
      onLost: ({ code }) => line.push(code),
      onBack: () => line.push('back'),
    });
    await settled();
    first.tell('6-0');
    await settled();
    first.cut();
    await clock.advance(1_000);
    second.tell('7-0');
    await settled();
    expect([seen, outcome.value]).toEqual([['6-0', '7-0'], 'following']);
    expect(line).toEqual(['offline', 'back']);
    expect(places()).toEqual([
      '/api/ops/log?limit=1',
      '/api/ops/log?after=5-0&type=abuse',
      '/api/ops/log?after=6-0&type=abuse',
      '/api/ops/log?after=6-0&type=abuse',
    ]);
    expect(asked[1]).toMatchObject({
      authorization: 'Bearer secret',
      accept: 'text/event-stream',
    });
  });

  it('begins where it is told to, and at the beginning of an empty log', async () => {
    const told = setUp(openStream().response);
    told.follow({ after: '3-0' });
    const empty = setUp(logOf(), openStream().response);
    empty.follow();
    await settled();
    expect(told.places()).toEqual(['/api/ops/log?after=3-0']);
    expect(empty.places().at(-1)).toBe('/api/ops/log?after=0-0');
  });

  it('waits as long as the server asks', async () => {
    const { clock, follow, places } = setUp(refusal('rate_limited', 429, 5_000));
    follow({ after: '1-0' });
    await clock.advance(5_000);
    expect(places()).toHaveLength(1);
    await clock.advance(200);
    expect(places()).toHaveLength(2);
  });

  it('waits longer and longer, and not after a connection that held', async () => {
    const streams = [openStream(), openStream()];
    const failures = Array.from({ length: 6 }, () => new TypeError('fetch failed'));
    const answers = streams.map(({ response }) => response);
    const { clock, follow, places } = setUp(...failures, ...answers);
    follow({ after: '1-0' });
    // Half of 250, 500, 1,000, 2,000, 4,000 and 8,000 ms.
    await clock.advance(3_500);
    expect(places()).toHaveLength(5);
    await clock.advance(5_000);
    expect(places()).toHaveLength(7);
    await clock.advance(6_000);
    streams[0]?.end();
    await clock.advance(200);
    expect(places()).toHaveLength(8);
  });

  it('comes back where the connection is silent, comments included', async () => {
    const [first, second] = [openStream(), openStream()];
    const { clock, follow, places } = setUp(first.response, second.response);
    const { seen } = follow({ after: '1-0' });
    for (let n = 0; n < 4; n++) {
      first.comment();
      await clock.advance(30_000);
    }
    expect(places()).toHaveLength(1);
    await clock.advance(11_000);
    expect([places().length, first.isCancelled]).toEqual([2, true]);
    second.tell('2-0');
    await settled();
    expect(seen).toEqual(['2-0']);
  });

  it.each(['unauthenticated', 'not_found', 'bad_request'])('ends with %s', async (code) => {
    const { clock, follow, places } = setUp(refusal(code, 404));
    const { outcome } = follow({ after: '1-0' });
    await clock.advance(60_000);
    expect([outcome.value, places().length]).toEqual([code, 1]);
  });

  it('ends with the signal, whatever it is at', async () => {
    const reading = new AbortController();
    const stream = openStream();
    // A body ends with the signal of its request, which is not so here.
    reading.signal.addEventListener('abort', stream.cut);
    const read = setUp(stream.response);
    const first = read.follow({ after: '1-0', signal: reading.signal });
    const waiting = new AbortController();
    const pausing = setUp();
    const second = pausing.follow({ after: '1-0', signal: waiting.signal });
    await settled();
    reading.abort();
    waiting.abort();
    await settled();
    expect([first.outcome.value, second.outcome.value]).toEqual(['ended', 'ended']);
    await pausing.clock.advance(60_000);
    expect([read.places().length, pausing.places().length]).toEqual([1, 1]);
  });

  it('lets the connection go where nobody reads on', async () => {
    const stream = openStream();
    const { operator } = setUp(stream.response);
    stream.tell('2-0');
    for await (const { id } of operator.followLog({ after: '1-0' })) {
      expect(id).toBe('2-0');
      break;
    }
    expect(stream.isCancelled).toBe(true);
  });
});
