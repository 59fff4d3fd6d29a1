import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientFrame } from '../../../src/engine/fanout/frame.port.js';
import { afterFile } from '../../support/after-file.js';
import { UPGRADE } from '../../support/raw-http.js';
import { until } from '../../support/until.js';
import { connectRaw, openRaw, RawClient } from './raw-client.js';
import { type Bench, openBench, type SeenClient, TRANSPORTS } from './transport-bench.js';

const ROOM = '01890000-0000-7000-8000-00000000007f';
const OTHER_ROOM = '01890000-0000-7000-8000-00000000017f';
const SOCKET_PATH = '/socket.io/?EIO=4&transport=websocket';
const TEXT = 1;
const CLOSE = 8;
/** Turns of the loop in which a room goes on after somebody was put out of it. */
const TURNS = 20;

/** A WebSocket of which every byte is seen: a client that is told goodbye looks at nothing more. */
class ByteLine {
  #received: Buffer = Buffer.alloc(0);
  /** Whether the TCP connection is gone. */
  isGone = false;
  readonly #socket: Socket;

  /** @param path anything but the path of sockets is refused. */
  constructor(host: string, path = SOCKET_PATH) {
    const [address = '', port] = host.split(':');
    const head = UPGRADE.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    // Half open: it does not go by itself when the server does.
    const target = { host: address, port: Number(port), allowHalfOpen: true };
    this.#socket = connect(target, () => {
      this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${head}\r\n`);
    });
    this.#socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.isGone = true;
    });
    afterFile(() => void this.#socket.destroy());
  }

  send(text: string): void {
    const body = Buffer.from(text);
    // Masked with zeros, which changes nothing.
    this.#socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body]));
  }

  /** Whether the server is still there. One that only stopped sending takes what comes. */
  isAnswered(): boolean {
    if (!this.isGone) this.#socket.write('\0');
    return !this.isGone;
  }

  /** Whether this came, before any frame. */
  hasHead(start: string): boolean {
    return this.#received.toString().startsWith(start);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Every frame that came whole, the ones after a goodbye too. */
  frames(): { opcode: number; text: string }[] {
    const frames: { opcode: number; text: string }[] = [];
    let at = this.#received.indexOf('\r\n\r\n') + 4;
    while (at >= 4 && at + 2 <= this.#received.length) {
      const opcode = this.#received.readUInt8(at) & 0x0f;
      let length = this.#received.readUInt8(at + 1);
      at += 2;
      if (length === 126) {
        length = this.#received.readUInt16BE(at);
        at += 2;
      }
      if (at + length > this.#received.length) break;
      frames.push({ opcode, text: this.#received.toString('utf8', at, at + length) });
      at += length;
    }
    return frames;
  }

  async heard(start: string): Promise<void> {
    await until(() => this.frames().some(({ text }) => text.startsWith(start)));
  }
}

const frameOf = (words: string) => clientFrame('room:signal', JSON.stringify({ words }));

describe.each(TRANSPORTS)('a line that is put out, on %s', (transport) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(transport);
  });
  afterAll(() => bench.server.close());

  /** Somebody in both rooms, whose every byte is seen. */
  async function enter(): Promise<{ line: ByteLine; seen: SeenClient }> {
    const before = bench.handler.clients.length;
    const line = new ByteLine(bench.host);
    await line.heard('0{');
    line.send('40{"token":"good"}');
    await line.heard('42["session:ready"');
    const seen = bench.handler.clients[before];
    if (!seen) throw new Error('the engine saw nobody');
    for (const room of [ROOM, OTHER_ROOM]) seen.socket.joinTopic(room);
    return { line, seen };
  }

  const say = (words: string, ...rooms: string[]) => {
    for (const room of rooms) bench.server.broadcaster.broadcast(room, Buffer.from(frameOf(words)));
  };

  /** Both rooms go on for a while, at once and later; resolves when a bystander has heard it all. */
  async function goOn(): Promise<void> {
    const bystander = await connectRaw(bench.host);
    bench.handler.clients.at(-1)?.socket.joinTopic(ROOM);
    for (let turn = 0; turn < TURNS; turn++) {
      say(`after ${turn}`, ROOM, OTHER_ROOM);
      await new Promise(setImmediate);
    }
    await bystander.frame(frameOf(`after ${TURNS - 1}`));
  }

  it.each([
    ['reads', 0],
    ['is behind', 40],
  ])('[CAST-1] gets nothing after the end of its session, when it %s', async (_how, backlog) => {
    const { line, seen } = await enter();
    if (backlog > 0) line.pause();
    for (let n = 0; n < backlog; n++) say(`before ${'x'.repeat(10_000)}`, ROOM);
    seen.socket.emit('session:ended', { reason: 'session_ended' });
    seen.socket.disconnect();
    say('after', ROOM, OTHER_ROOM);
    seen.socket.sendFrame(frameOf('after'));
    await goOn();
    line.resume();
    // It says nothing to the goodbye, and keeps the connection as long as it can.
    await until(() => line.frames().some(({ opcode }) => opcode === CLOSE));
    await goOn();
    const texts = line.frames().map(({ text }) => text);
    expect(texts.filter((text) => text.includes('after'))).toEqual([]);
    expect(texts.filter((text) => text.includes('before'))).toHaveLength(backlog);
    const [last, goodbye] = line.frames().slice(-2);
    expect(last).toMatchObject({ opcode: TEXT, text: expect.stringContaining('session:ended') });
    expect(goodbye?.opcode).toBe(CLOSE);
  });

  it.each([
    ['reads', 0],
    ['is behind', 40],
  ])(
    '[CAST-1] gets nothing of a room that it was kicked out of, when it %s',
    async (_how, backlog) => {
      const { line, seen } = await enter();
      if (backlog > 0) line.pause();
      for (let n = 0; n < backlog; n++) say(`before ${'x'.repeat(10_000)}`, ROOM);
      seen.socket.emit('room:left', { roomId: ROOM, reason: 'kicked' });
      seen.socket.leaveTopic(ROOM);
      say('after here', ROOM);
      say('after there', OTHER_ROOM);
      await goOn();
      seen.socket.sendFrame(frameOf('the end'));
      line.resume();
      await line.heard(frameOf('the end'));
      const texts = line.frames().map(({ text }) => text);
      expect(texts.filter((text) => text.includes('after here'))).toEqual([]);
      // The other room goes on.
      expect(texts.filter((text) => text.includes('after there'))).toHaveLength(1);
      expect(texts.filter((text) => text === frameOf('after 0'))).toHaveLength(1);
      const left = texts.findIndex((text) => text.includes('room:left'));
      expect(texts.slice(0, left).filter((text) => text.includes('before'))).toHaveLength(backlog);
    },
  );
});

describe('a peer that never answers a goodbye, on ws', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench('ws');
  });
  afterAll(() => bench.server.close());

  const gone = (line: ByteLine) => until(() => !line.isAnswered());

  it('is gone soon after its session has ended', async () => {
    const line = new ByteLine(bench.host);
    await line.heard('0{');
    line.send('40{"token":"good"}');
    await line.heard('42["session:ready"');
    bench.handler.clients.at(-1)?.socket.disconnect();
    await until(() => line.frames().some(({ opcode }) => opcode === CLOSE));
    await gone(line);
  });

  it('is gone soon after the time in which it should have said who it is', async () => {
    const line = new ByteLine(bench.host);
    await line.heard('0{');
    await until(() => line.frames().some(({ opcode }) => opcode === CLOSE), 8_000);
    await gone(line);
  });

  it('is gone soon after it was refused', async () => {
    const line = new ByteLine(bench.host, '/nothing/?EIO=4&transport=websocket');
    await until(() => line.hasHead('HTTP/1.1 404'));
    await gone(line);
  });
});

describe('a network with few connections on ws', () => {
  it('gets no other one accepted while one that was closed is still there', async () => {
    const bench = await openBench('ws', { socketsPerNetwork: 0.5 });
    const line = new ByteLine(bench.host);
    await line.heard('0{');
    line.send('40{"token":"good"}');
    await line.heard('42["session:ready"');
    bench.handler.clients[0]?.socket.disconnect();
    await until(() => bench.handler.clients[0]?.closedTimes === 1);
    const early = new RawClient(bench.host);
    await early.closed();
    expect(early.refused?.status).toBe(429);
    await until(() => !line.isAnswered());
    await openRaw(bench.host);
    await bench.server.close();
  });
});
