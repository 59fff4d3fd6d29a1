import type { ServerEvents } from '@pinroom/client/contract';
import { beforeAll, it } from 'vitest';
import { openRaw, type RawClient } from '../contracts/transport/raw-client.js';
import { startBackends } from '../support/backends.js';
import { call } from '../support/http-calls.js';
import { expectKeptBlock } from '../support/kept-document.js';
import { openSocket, type RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { Transcript } from '../support/transcript.js';
import { until } from '../support/until.js';

// The pages that show what goes over the wire show what went over it here.

let node: SpawnedNode;

beforeAll(async () => {
  node = await spawnNode({ env: (await startBackends()).env });
});

/** A room with its host in it. */
async function openRoom() {
  const { socket } = await openSocket(node.url, 'Hugo');
  const { room } = await socket.must('room:create', { title: 'Quiz night' });
  await socket.must('room:join', { roomId: room.id });
  return { host: socket, id: room.id, pin: room.pin ?? '' };
}

/** A call over HTTP that is written down. */
async function told<T>(
  transcript: Transcript,
  what: string,
  options: { token?: string; body?: object } = {},
): Promise<T> {
  const [method = '', path = ''] = what.split(' ');
  transcript.sent(`${what}${options.body ? ` ${JSON.stringify(options.body)}` : ''}`);
  const { status, text, body } = await call<T>(node.url + path, { method, ...options });
  transcript.came(`${status}${text === '' ? '' : ` ${text}`}`);
  return body;
}

/** A line whose frames are written down where they matter. */
class ToldLine {
  readonly #transcript: Transcript;
  readonly #client: RawClient;
  #commands = 0;
  /** Frames that are written down. */
  #told = 0;

  private constructor(transcript: Transcript, client: RawClient) {
    this.#transcript = transcript;
    this.#client = client;
  }

  /** A WebSocket, and the answer to this `auth`. */
  static async open(transcript: Transcript, auth: object): Promise<ToldLine> {
    transcript.sent('GET /socket.io/?EIO=4&transport=websocket (a WebSocket)');
    const line = new ToldLine(transcript, await openRaw(new URL(node.url).host));
    await line.came('0{');
    line.send(`40${JSON.stringify(auth)}`);
    return line;
  }

  send(frame: string): void {
    this.#transcript.sent(frame);
    this.#client.send(frame);
  }

  /** The next frame that begins so. */
  async came(start: string): Promise<string> {
    const frame = await this.#client.frame(start, this.#told);
    this.#told = this.#client.frames.indexOf(frame) + 1;
    this.#transcript.came(frame);
    return frame;
  }

  /** A command, and what comes of it: an event of this name, where there is to be one, and the ack. */
  async ask(name: string, payload: object, event?: string): Promise<string> {
    const number = this.#commands++;
    const from = this.#client.frames.length;
    this.send(`42${number}${JSON.stringify([name, payload])}`);
    // Which of both comes first is chance.
    const starts = [...(event ? [`42["${event}"`] : []), `43${number}[`];
    const frames = await Promise.all(starts.map((start) => this.#client.frame(start, from)));
    for (const frame of frames) this.#transcript.came(frame);
    return frames[0] ?? '';
  }

  cut(): void {
    this.#client.socket.terminate();
  }
}

/** The host's page has seen that somebody's line was lost. */
async function isMissed(host: RawSocket): Promise<void> {
  await until(() =>
    host
      .seen<ServerEvents['room:presence']>('room:presence')
      .some(({ changed, joined }) => [...joined, ...changed].some(({ online }) => !online)),
  );
}

it('docs/clients.md shows the frames of a client that joins, is cut off and comes back', async () => {
  const transcript = new Transcript();
  const room = await openRoom();
  transcript.note('A session, over HTTP.');
  const { accessToken: token } = await told<{ accessToken: string }>(
    transcript,
    'POST /api/sessions',
    { body: { nickname: 'Grace' } },
  );
  transcript.note('The handshake.');
  const line = await ToldLine.open(transcript, { token });
  await line.came('40{');
  await line.came('42["session:ready"');
  transcript.note('Into the room.');
  await line.ask('room:join', { pin: room.pin });
  transcript.note(
    'An entry: it comes to its sender as to all others. The same again, as if no ack had come.',
  );
  const send = { roomId: room.id, type: 'chat', payload: 'hi', key: 'a1' };
  const entry = await line.ask('room:send', send, 'room:entry');
  await line.ask('room:send', send);
  transcript.note('What is refused.');
  await line.ask('room:close', { roomId: room.id });
  transcript.note('The line is cut. The host says two things meanwhile.');
  line.cut();
  await isMissed(room.host);
  for (const payload of ['one', 'two']) {
    await room.host.must('room:send', { roomId: room.id, type: 'chat', payload });
  }
  transcript.note('Back, from behind the newest id of the channel.');
  const again = await ToldLine.open(transcript, { token });
  await again.came('40{');
  await again.came('42["session:ready"');
  const newest = /"id":"([^"]+)"/.exec(entry)?.[1] ?? '';
  await again.ask('room:join', { roomId: room.id, since: { room: newest } });
  transcript.note('A gap, or a `complete` that is false, is filled by page.');
  await again.ask('room:history', { roomId: room.id, after: newest, limit: 1 });
  transcript.note('Away for good.');
  await again.ask('room:leave', { roomId: room.id, everywhere: true });
  again.send('41');
  transcript.note('A handshake that is refused: a token that is not good.');
  const refused = await ToldLine.open(transcript, { token: 'spoilt' });
  await refused.came('44{');
  expectKeptBlock('clients.md', 'frames', transcript.text());
});

it('docs/protocol.md shows calls over HTTP as they are answered', async () => {
  const transcript = new Transcript();
  const { accessToken: token } = await told<{ accessToken: string }>(
    transcript,
    'POST /api/sessions',
    { body: { nickname: 'Hugo' } },
  );
  const { room } = await told<{ room: { id: string; pin: string } }>(
    transcript,
    'POST /api/rooms',
    { token, body: { title: 'Quiz night' } },
  );
  const at = `/api/rooms/${room.id}`;
  await told(transcript, `GET /api/rooms/by-pin/${room.pin}`, { token });
  await told(transcript, `POST ${at}/entries`, { token, body: { type: 'chat', payload: 'hi' } });
  const { socket } = await openSocket(node.url, 'Grace');
  await socket.must('room:join', { roomId: room.id });
  await told(transcript, `PATCH ${at}/state`, { token, body: { patch: { round: 1 } } });
  await told(transcript, `GET ${at}/entries?limit=10`, { token });
  await told(transcript, `POST ${at}/close`, { token, body: {} });
  await told(transcript, `POST ${at}/close`, { token, body: {} });
  expectKeptBlock('protocol.md', 'calls', transcript.text());
});
