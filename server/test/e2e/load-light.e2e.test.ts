import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type OpenSocket, openSocketIo } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { LightLines } from '../../../load-tests/src/load/light-line.js';
import { afterFile } from '../support/after-file.js';
import { until } from '../support/until.js';

const GREETING =
  '0{"sid":"s","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":16384}';
const HARD_TEXT = 'a "quote", a \\ and a ]}, \u2028, \ud83d\ude00, \u0000';
const ENTRY = {
  id: '7-1',
  roomId: 'r',
  channel: 'room',
  payload: { text: HARD_TEXT, n: [1, null] },
};

interface Talk {
  /** The request of the WebSocket. */
  readonly address: string;
  /** What came from the client, in order. */
  readonly frames: readonly string[];
  readonly closedWith: number | null;
  /** What the library heard, in order. */
  readonly heard: readonly (readonly [string, unknown])[];
  readonly answers: readonly (readonly [string, unknown])[];
}

interface Server {
  readonly url: string;
  readonly frames: string[];
  readonly socket: WebSocket | null;
  readonly address: string;
  readonly closedWith: number | null;
}

/** A server that writes down every frame, and says what the test wants. */
async function openServer(answer: (frame: string, say: (frame: string) => void) => void) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  afterFile(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const state = {
    url: `http://127.0.0.1:${port}`,
    frames: [] as string[],
    socket: null as WebSocket | null,
    address: '',
    closedWith: null as number | null,
  };
  server.on('connection', (socket, request) => {
    state.socket = socket;
    state.address = request.url ?? '';
    socket.on('close', (code) => {
      state.closedWith = code;
    });
    socket.on('message', (data) => {
      const frame = String(data);
      state.frames.push(frame);
      answer(frame, (text) => socket.send(text));
    });
    socket.send(GREETING);
  });
  return state;
}

type Act = (what: {
  readonly server: Server;
  readonly heard: (readonly [string, unknown])[];
  readonly answers: (readonly [string, unknown])[];
  readonly line: ReturnType<OpenSocket>;
  readonly ask: (name: string, payload: unknown) => void;
}) => Promise<void>;

/** The same conversation by one kind of client, as the server and the library see it. */
async function talk(
  open: OpenSocket,
  answer: (frame: string, say: (frame: string) => void) => void,
  act: Act,
): Promise<Talk> {
  const server = await openServer(answer);
  const heard: (readonly [string, unknown])[] = [];
  const answers: (readonly [string, unknown])[] = [];
  const line = open(server.url, () => ({ token: 'a.b.c' }));
  line.onEvent((name, payload) => heard.push([name, payload]));
  const ask = (name: string, payload: unknown) =>
    line.emit(name, payload, (got) => answers.push([name, got]));
  await act({ server, heard, answers, line, ask });
  const { address, frames, closedWith } = server;
  return { address, frames, closedWith, heard, answers };
}

/** Greets, and answers commands: with an error, or in another order than they came. */
function house(frame: string, say: (frame: string) => void): void {
  if (frame.startsWith('40')) {
    say('40{"sid":"t"}');
    say(`42${JSON.stringify(['session:ready', { userId: 'u', protocol: 1 }])}`);
  }
  const [, id, body] = /^42(\d+)(.*)$/s.exec(frame) ?? [];
  if (body?.includes('room:join')) say(`43${id}${JSON.stringify([{ ok: true, data: ENTRY }])}`);
  if (body?.includes('room:leave')) {
    say(`43${id}[{"ok":true,"data":{}}]`);
    say(`43${Number(id) - 1}[{"ok":false,"error":{"code":"muted","message":"no"}}]`);
  }
}

const names = (heard: readonly (readonly [string, unknown])[]) => heard.map(([name]) => name);

const ask: Act = async ({ heard, answers, line, server, ask: command }) => {
  await until(() => names(heard).includes('session:ready'));
  command('room:join', { pin: '123456', nickname: HARD_TEXT });
  await until(() => answers.length === 1);
  command('room:send', { roomId: 'r', type: 'chat', payload: { text: HARD_TEXT, big: 1e21 } });
  command('room:leave', { roomId: 'r', everywhere: true });
  await until(() => answers.length === 3);
  for (let n = 0; n < 3; n++) server.socket?.send(`42${JSON.stringify(['room:entry', ENTRY])}`);
  server.socket?.send(`42${JSON.stringify(['room:top', { roomId: 'r', tops: {} }])}`);
  server.socket?.send('2');
  await until(() => heard.length === 5 && server.frames.includes('3'));
  line.close();
  await until(() => server.closedWith !== null);
};

const CASES: readonly {
  readonly name: string;
  readonly answer: (frame: string, say: (frame: string) => void) => void;
  readonly act: Act;
}[] = [
  {
    name: 'commands, answers in any order, errors, events, a ping and a goodbye',
    answer: house,
    act: ask,
  },
  {
    name: 'a refused handshake',
    answer: (frame, say) => {
      if (frame.startsWith('40')) say('44{"message":"no","data":{"code":"unauthenticated"}}');
    },
    act: async ({ heard, line, server }) => {
      await until(() => heard.length === 1);
      line.close();
      await until(() => server.closedWith !== null);
    },
  },
  {
    name: 'a server that ends the connection',
    answer: house,
    act: async ({ heard, server }) => {
      await until(() => heard.length === 1);
      server.socket?.send('41');
      await until(() => heard.length === 2 && server.closedWith !== null);
    },
  },
  {
    name: 'a transport that breaks',
    answer: house,
    act: async ({ heard, server }) => {
      await until(() => heard.length === 1);
      server.socket?.terminate();
      await until(() => heard.length === 2);
    },
  },
  {
    name: 'a transport that breaks before the server has greeted',
    answer: () => {},
    act: async ({ server, heard }) => {
      await until(() => server.frames.length === 1);
      server.socket?.terminate();
      await until(() => heard.length === 1);
    },
  },
  {
    name: 'a server that falls silent: pings no more',
    answer: house,
    act: async ({ heard, server }) => {
      await until(() => names(heard).includes('disconnect') && server.closedWith !== null);
    },
  },
];

describe('the light client is on the wire what socket.io-client is:', () => {
  it.each(CASES)('$name', async ({ answer, act }) => {
    const lines = new LightLines();
    const [real, light] = await Promise.all([
      talk(openSocketIo, answer, act),
      talk(lines.open, answer, act),
    ]);
    lines.close();
    expect(real.frames.length).toBeGreaterThan(0);
    expect(light).toEqual(real);
  });

  it('nobody listens', async () => {
    const server = await openServer(() => {});
    const closed = new URL(server.url);
    closed.port = '1';
    const lines = new LightLines();
    const heardBy = async (open: OpenSocket) => {
      const heard: (readonly [string, unknown])[] = [];
      const line = open(closed.href, () => ({ token: '' }));
      line.onEvent((name, payload) => heard.push([name, payload]));
      await until(() => heard.length > 0);
      line.close();
      return heard;
    };
    expect(await heardBy(lines.open)).toEqual(await heardBy(openSocketIo));
    lines.close();
  });
});
