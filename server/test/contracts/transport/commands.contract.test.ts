import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until.js';
import { connectRaw, openRaw, type RawClient } from './raw-client.js';
import {
  type Bench,
  MAX_PAYLOAD_BYTES,
  openBench,
  type SeenClient,
  TRANSPORTS,
} from './transport-bench.js';

describe.each(TRANSPORTS)('commands on %s', (transport) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(transport);
  });
  afterAll(() => bench.server.close());

  async function enter(): Promise<{ client: RawClient; seen: SeenClient }> {
    const before = bench.handler.clients.length;
    const client = await connectRaw(bench.host);
    const seen = bench.handler.clients[before];
    if (!seen) throw new Error('the engine saw nobody');
    return { client, seen };
  }

  it('[CONN-1] a command is answered through its ack', async () => {
    const { client, seen } = await enter();
    expect(await client.ask(1, '["room:send",{"a":[1,null]}]')).toEqual({
      ok: true,
      data: { echoed: { a: [1, null] } },
    });
    expect(await client.ask(2, '["no such command",{}]')).toMatchObject({
      ok: false,
      error: { code: 'bad_request' },
    });
    expect(await client.ask(3, '["room:send"]')).toMatchObject({ data: { echoed: null } });
    expect(await client.ask(4, '["room:send",{"b":1},"more",{}]')).toMatchObject({
      data: { echoed: { b: 1 } },
    });
    expect(await client.ask(5, '[7,{}]')).toMatchObject({ error: { code: 'bad_request' } });
    expect(await client.ask(6, '["__proto__",{}]')).toMatchObject({
      error: { code: 'bad_request' },
    });
    expect(seen.commands.map(({ name }) => name)).toEqual([
      'room:send',
      'no such command',
      'room:send',
      'room:send',
      '7',
      '__proto__',
    ]);
  });

  it('[CONN-1] a missing ack harms nobody, and a bug of the engine is internal', async () => {
    const { client, seen } = await enter();
    client.send('42["room:send",{"n":1}]');
    client.send('42["error",{}]');
    client.send('42["room:fail",{}]');
    expect(await client.ask(1, '["room:fail",{}]')).toMatchObject({
      ok: false,
      error: { code: 'internal' },
    });
    expect(seen.commands).toHaveLength(4);
    bench.logger.faults.length = 0;
  });

  it('[CONN-1] an oversized command is answered and not parsed', async () => {
    const { client, seen } = await enter();
    const long = 'x'.repeat(MAX_PAYLOAD_BYTES);
    expect(await client.ask(1, `["room:send",{"a":"${long}"}]`)).toMatchObject({
      ok: false,
      error: { code: 'payload_too_large' },
    });
    // Bytes count, not characters; and broken JSON makes no difference.
    expect(await client.ask(2, `["room:send","${'é'.repeat(MAX_PAYLOAD_BYTES / 2)}`)).toMatchObject(
      {
        error: { code: 'payload_too_large' },
      },
    );
    expect(await client.ask(3, `["room:send","${'x'.repeat(1_000_000)}"]`)).toMatchObject({
      error: { code: 'payload_too_large' },
    });
    client.send(`42["room:send","${long}"]`);
    const overhead = '24["room:send",""]'.length;
    const fits = 'x'.repeat(MAX_PAYLOAD_BYTES - overhead);
    expect(await client.ask(4, `["room:send","${fits}"]`)).toMatchObject({ ok: true });
    expect(seen.commands).toHaveLength(1);
  });

  it('[CONN-5] a command that could not be read is told to the engine, asked for an answer or not', async () => {
    const { client, seen } = await enter();
    client.send(`42["room:send","${'x'.repeat(MAX_PAYLOAD_BYTES)}"]`);
    client.send('451-["room:send",{"_placeholder":true,"num":0}]');
    client.send(Buffer.alloc(3));
    await client.ask(1, '["room:send",1]');
    expect(seen.unreadableCodes).toEqual(['payload_too_large', 'bad_request']);
  });

  it('[CONN-1] a binary command is answered and its attachments are dropped', async () => {
    const { client, seen } = await enter();
    client.send('452-7["room:send",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]');
    client.send(Buffer.alloc(100_000));
    client.send(Buffer.alloc(3));
    expect(await client.ack(7)).toMatchObject({ ok: false, error: { code: 'bad_request' } });
    client.send('451-["room:send",{"_placeholder":true,"num":0}]');
    client.send(Buffer.alloc(3));
    expect(await client.ask(8, '["room:send",1]')).toMatchObject({ ok: true });
    expect(seen.commands).toHaveLength(1);
  });

  it.each([
    ['binary data out of nowhere', [Buffer.from('x')]],
    ['text instead of an attachment', ['451-["a",{"_placeholder":true,"num":0}]', '42["a"]']],
    ['no attachments announced', ['450-["a"]']],
    ['too many attachments', ['459999999-["a"]']],
    ['eleven attachments', ['4511-["a"]']],
    ['a reserved name', ['42["connect"]']],
    ['a reserved name in disguise', ['42["disconnect"]']],
    ['no name', ['42[]']],
    ['no array', ['42{"a":1}']],
    ['no JSON', ['42["a",']],
    ['an unknown packet', ['49["a"]']],
    ['an empty packet', ['4']],
    ['an unknown frame', ['x']],
    ['a ping the wrong way', ['2']],
    ['a second connect', ['40{"token":"good"}']],
    ['an error to the server', ['44"x"']],
    ['an answer that nobody asked for', ['43999["x"]']],
    ['an oversized ack', [`430["${'x'.repeat(20_000)}"]`]],
    ['a binary ack', ['461-0[{"_placeholder":true,"num":0}]']],
    ['an oversized packet without arguments', [`42${' '.repeat(20_000)}`]],
    ['more than the transport takes', [`42["a","${'x'.repeat(1_400_000)}"]`]],
  ])('[CONN-1] %s closes the connection and harms nobody else', async (_what, frames) => {
    const bystander = await enter();
    const { client, seen } = await enter();
    for (const frame of frames) client.send(frame);
    await client.closed();
    await until(() => seen.closedTimes === 1);
    expect(await bystander.client.ask(1, '["room:send",1]')).toMatchObject({ ok: true });
    expect(bench.logger.faults).toEqual([]);
    bystander.client.socket.close();
  });

  it('[CONN-1] a command before the handshake closes the connection', async () => {
    const client = await openRaw(bench.host);
    client.send('421["room:send",{}]');
    await client.closed();
  });

  it('[CONN-1] deep nesting passes', async () => {
    const { client } = await enter();
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    client.send(`42["room:other",${deep}]`);
    expect(await client.ask(1, '["room:send",1]')).toMatchObject({ ok: true });
  });

  it('[CONN-2] a goodbye packet ends the client', async () => {
    const { client, seen } = await enter();
    client.send('41');
    await until(() => seen.closedTimes === 1);
    client.send('421["room:send",{}]');
    await client.closed();
    expect(seen.commands).toEqual([]);
  });
});
