import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { converse } from '../support/fuzz-client.js';
import {
  type Conversation,
  conversation,
  type FuzzPlace,
  framesIn,
  KNOWN_FRAMES,
  LARGE_FRAMES,
} from '../support/fuzz-frames.js';
import { call } from '../support/http-calls.js';
import { COLLECTING, heldBytes, metricOf } from '../support/node-figures.js';
import { rawHttp, UPGRADE } from '../support/raw-http.js';
import { openSocket, type RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

/** Of each transport; half of them first, as a warm-up. */
const FRAMES = 50_000;
const CONVERSATIONS_AT_ONCE = 10;
const BATCH = 50;
const FUZZ_MS = 120_000;
/** A number that a failure names repeats it. */
const SEED = Number(process.env.PINROOM_FUZZ_SEED ?? 20_260_101);

const transports = ['uws', 'ws'] as const;

interface Rig {
  readonly node: SpawnedNode;
  readonly host: string;
  /** Somebody who behaves, in a room of their own. */
  readonly guest: RawSocket;
  readonly guestRoom: string;
  /** Somebody who does not, and is a host of the room that the frames are about. */
  readonly mallory: RawSocket;
  readonly token: string;
  readonly place: FuzzPlace;
  hasEnded: boolean;
}

async function openRig(transport: 'uws' | 'ws', env: Record<string, string>): Promise<Rig> {
  const node = await spawnNode({ transport, env: { ...env, ...COLLECTING } });
  const { socket: guest, userId } = await openSocket(node.url, 'Guest');
  const { room } = await guest.must('room:create', {});
  await guest.must('room:join', { roomId: room.id });
  const { socket: mallory, token } = await openSocket(node.url, 'Mallory');
  const arena = (await mallory.must('room:create', { capacity: 10_000 })).room;
  await mallory.must('room:join', { roomId: arena.id });
  const place = { roomId: arena.id, userId, pin: arena.pin ?? '' };
  const rig = {
    node,
    host: `127.0.0.1:${node.port}`,
    guest,
    guestRoom: room.id,
    mallory,
    token,
    place,
  };
  const started: Rig = { ...rig, hasEnded: false };
  void node.exited.then(() => {
    started.hasEnded = true;
  });
  return started;
}

/** The guest says something, and hears it. */
async function guestGoesOn({ guest, guestRoom, mallory, node }: Rig): Promise<void> {
  const { id } = await guest.must('room:send', { roomId: guestRoom, type: 'chat', payload: 'hi' });
  const heard = () => guest.seen<{ id: string }>('room:entry').at(-1)?.id === id;
  await until(heard);
  guest.events.length = 0;
  mallory.events.length = 0;
  expect(node.output()).not.toMatch(/"level":"(error|fatal)"/);
}

/** Has all these conversations, a few at a time. */
async function haveAll(rig: Rig, conversations: readonly Conversation[]): Promise<Set<string>> {
  const codes = new Set<string>();
  const left = [...conversations];
  const work = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      try {
        const outcome = await converse(rig.host, rig.token, next);
        for (const code of outcome.codes.keys()) codes.add(code);
        if (outcome.codes.has('internal')) throw new Error('answered `internal`');
      } catch (cause) {
        throw new Error(`${described(next)}\n${rig.node.output().slice(-2_000)}`, { cause });
      }
    }
  };
  await Promise.all(Array.from({ length: CONVERSATIONS_AT_ONCE }, work));
  if (rig.hasEnded) throw new Error(`The node has ended:\n${rig.node.output().slice(-4_000)}`);
  return codes;
}

/** Random conversations until so many frames were sent. */
async function fuzz(rig: Rig, frames: number, seed: number): Promise<Set<string>> {
  const codes = new Set<string>();
  for (let sent = 0, batch = 0; sent < frames; batch++) {
    const options = { seed: seed + batch, numRuns: BATCH };
    const conversations = fc.sample(conversation(rig.place), options);
    try {
      for (const code of await haveAll(rig, conversations)) codes.add(code);
      await guestGoesOn(rig);
    } catch (cause) {
      throw new Error(`PINROOM_FUZZ_SEED=${SEED}, batch ${batch} (${options.seed})`, { cause });
    }
    sent += conversations.reduce((sum, one) => sum + framesIn(one), 0);
  }
  return codes;
}

function described({ greets, last, questions }: Conversation): string {
  const texts = [...questions.map(({ head, args }) => head + args), ...last.map(textOf)];
  const shown = texts.slice(-60).map((text) => JSON.stringify(text.slice(0, 200)));
  return `greets: ${greets}\n${shown.join('\n')}`;
}

function textOf(frame: Conversation['last'][number]): string {
  if (typeof frame === 'string') return frame;
  const bytes = 'binary' in frame ? frame.binary : frame.brokenText;
  return `${Object.keys(frame)[0]} ${Buffer.from(bytes).toString('latin1')}`;
}

/** What the node holds when all but guest and host are gone. */
async function heldAlone({ node }: Rig): Promise<number> {
  await until(async () => (await metricOf(node, 'pinroom_sockets')) === 2, 10_000);
  return heldBytes(node);
}

describe('clients that send anything', () => {
  let rigs: Readonly<Record<'uws' | 'ws', Rig>>;

  beforeAll(async () => {
    const { env } = await startBackends();
    const [uws, ws] = await Promise.all(
      transports.map((transport) => openRig(transport, { ...UNLIMITED, ...env })),
    );
    if (!uws || !ws) throw new Error('there are two transports');
    rigs = { uws, ws };
  });

  it.each(transports)(
    'cannot stop it with a frame that once stopped another (%s)',
    async (name) => {
      const rig = rigs[name];
      const frames = [...KNOWN_FRAMES, ...LARGE_FRAMES.map((frame) => [frame])];
      const tries = frames.flatMap((last) =>
        [true, false].map((greets) => ({ greets, questions: [], last })),
      );
      await haveAll(rig, tries);
      await guestGoesOn(rig);
    },
  );

  it.each(transports)('cannot stop it at the door (%s)', async (name) => {
    const rig = rigs[name];
    const upgrade = (path: string, more: readonly (readonly [string, string])[] = []) =>
      rawHttp(rig.node.port, { path, headers: [...UPGRADE, ...more] });
    const query = 'EIO=4&transport=websocket';
    for (const path of [
      ...['sid=__proto__', 'sid=constructor', 'sid=', 'EIO=', 'EIO=3', 'transport=__proto__'],
      ...['transport=constructor', 'b64=1', 'j=0', '__proto__=x', '%', '%00', '&&&=', '?'],
    ].flatMap((part) => [`/socket.io/?${part}`, `/socket.io/?${query}&${part}`])) {
      expect([path, (await upgrade(path)).status]).not.toEqual([path, 500]);
    }
    for (const path of ['//[', '/socket.io', '//socket.io/', '/%', '/socket.io/%00']) {
      await upgrade(`${path}?${query}`);
      await rawHttp(rig.node.port, { path });
    }
    const many = Array.from({ length: 1_500 }, (_, n) => [`x${n}`, 'y'] as const);
    await upgrade(`/socket.io/?${query}`, many);
    await upgrade(`/socket.io/?${query}`, [['x', 'y'.repeat(100_000)]]);
    await upgrade(`/socket.io/?${query}`, [
      ['Sec-WebSocket-Extensions', 'permessage-deflate; a=;,'],
    ]);
    await guestGoesOn(rig);
    expect((await call(`${rig.node.url}/healthz`)).status).toBe(200);
  });

  it(
    'get an answer or are closed, hold no memory afterwards, and disturb nobody',
    async () => {
      const both = Object.values(rigs);
      const half = FRAMES / 2;
      await Promise.all(both.map((rig, n) => fuzz(rig, half, SEED + n * 1_000_000)));
      const before = await Promise.all(both.map(heldAlone));
      const seen = await Promise.all(
        both.map((rig, n) => fuzz(rig, half, SEED + n * 1_000_000 + 500_000)),
      );
      // Frames that were never read would prove little.
      for (const codes of seen) {
        expect([...codes]).toEqual(
          expect.arrayContaining(['ok', 'bad_request', 'payload_too_large', 'conflict']),
        );
      }
      for (const [n, rig] of both.entries()) {
        await until(async () => (await heldAlone(rig)) <= (before[n] ?? 0) * 1.1, 20_000);
      }
    },
    FUZZ_MS,
  );
});
