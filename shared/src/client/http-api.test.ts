import { afterEach, describe, expect, it, vi } from 'vitest';
import { HttpApi } from './http-api.js';

const REQUEST = { method: 'GET', path: '/api/x' } as const;

function setUp(answer: (signal: AbortSignal) => Promise<Response>) {
  const fetch: typeof globalThis.fetch = (_address, init) =>
    answer(init?.signal ?? new AbortController().signal);
  return new HttpApi({ url: 'http://server.test', fetch, cookie: false, timeoutMs: 1_000 });
}

/** Never answers; ends with its signal, as `fetch` does. */
const silence = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

afterEach(() => vi.useRealTimers());

describe('an answer that is read as it comes', () => {
  it('has its head in time, or there is none', async () => {
    vi.useFakeTimers();
    const http = setUp(silence);
    const late = expect(http.open(REQUEST, 'x')).rejects.toMatchObject({
      code: 'timeout',
    });
    await vi.advanceTimersByTimeAsync(1_000);
    await late;
  });

  it('may take any time after that', async () => {
    vi.useFakeTimers();
    let signal: AbortSignal | undefined;
    const http = setUp(async (given) => {
      signal = given;
      return new Response('x');
    });
    await http.open(REQUEST, 'x');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(signal?.aborted).toBe(false);
  });

  it('ends with the signal of who asked', async () => {
    const given = new AbortController();
    const waiting = setUp(silence);
    const request = { ...REQUEST, signal: given.signal };
    const both = [waiting.open(request, 'x'), waiting.call(request)];
    given.abort();
    for (const one of both) await expect(one).rejects.toMatchObject({ code: 'stopped' });
  });

  it('is none where the server says what is wrong, or is no Pinroom', async () => {
    const error = { code: 'draining', message: '', retryAfterMs: 5 };
    const refused = setUp(async () => Response.json({ error }, { status: 503 }));
    await expect(refused.open(REQUEST, 'x')).rejects.toMatchObject(error);
    const proxy = setUp(async () => new Response('<html>', { status: 502 }));
    await expect(proxy.open(REQUEST, 'x')).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});
