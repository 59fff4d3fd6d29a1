import { describe, expect, it } from 'vitest';
import { FakeRoomServer, ManualClock } from '../../../server/test/support/fake-room-server.js';
import { PinroomClient } from './pinroom-client.js';

type Answer = (init: RequestInit | undefined) => Response | Promise<Response>;

/** A client whose exports are answered like this, one after the other. */
function setUp(...answers: Answer[]) {
  const server = new FakeRoomServer();
  const asked: [string, string | null][] = [];
  const fetch: typeof globalThis.fetch = async (address, init) => {
    const { pathname } = new URL(String(address));
    if (!pathname.includes('export')) return server.fetch(address, init);
    asked.push([pathname, new Headers(init?.headers).get('authorization')]);
    return (answers.shift() ?? Response.error)(init);
  };
  const clock = new ManualClock();
  const client = new PinroomClient({ ...server.optionsOfClient(clock), fetch });
  return { asked, client, clock };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const refusal = (code: string, status: number) =>
  Response.json({ error: { code, message: '' } }, { status });

describe('[CLIENT-23] an export', () => {
  it('comes as it is read, in the name of the user', async () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (pulls++ === 3) controller.close();
          else controller.enqueue(bytes(`${pulls}\n`));
        },
      },
      { highWaterMark: 0 },
    );
    const { asked, client } = setUp(() => new Response(body));
    const stream = await client.exportRoom('a/b');
    expect(pulls).toBe(0);
    expect(await new Response(stream).text()).toBe('1\n2\n3\n');
    expect(asked).toEqual([['/api/rooms/a%2Fb/export.ndjson', 'Bearer t1']]);
  });

  it('fails with the code of the answer, and once more with a fresh token', async () => {
    const { asked, client } = setUp(
      () => refusal('unauthenticated', 401),
      () => refusal('forbidden', 403),
    );
    await expect(client.exportRoom('r')).rejects.toMatchObject({ code: 'forbidden' });
    expect(asked.map(([, token]) => token)).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it('that breaks off does not look whole', async () => {
    let cut = () => {};
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes('1\n'));
        cut = () => controller.error(new TypeError('terminated'));
      },
    });
    const { client } = setUp(() => new Response(body));
    const reader = (await client.exportRoom('r')).getReader();
    expect((await reader.read()).value).toEqual(bytes('1\n'));
    cut();
    await expect(reader.read()).rejects.toMatchObject({ code: 'offline' });
  });

  it('that goes silent does not look whole, and does not wait for ever', async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes('1\n')),
    });
    const { client, clock } = setUp(() => new Response(body));
    const reader = (await client.exportRoom('r')).getReader();
    await reader.read();
    const rest = expect(reader.read()).rejects.toMatchObject({ code: 'offline' });
    await clock.advance(31_000);
    await rest;
  });

  it('ends at the server where nobody reads on', async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      cancel() {
        isCancelled = true;
      },
    });
    const { client } = setUp(() => new Response(body));
    await (await client.exportRoom('r')).cancel();
    expect(isCancelled).toBe(true);
  });
});
