import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PinroomClient } from '@pinroom/client';
import type { SessionAnswer } from '@pinroom/client/contract';
import { ask } from './ask.js';
import { BenchMember } from './bench-member.js';
import { BenchRoom } from './bench-room.js';
import { askForSeat, ColyseusMember } from './colyseus-member.js';
import type { Backends, BenchHouse } from './house.js';
import type { PeerReady } from './peers/peer-process.js';
import type { RoomMember } from './room-member.js';

/** A server under test. */
export interface Contender {
  readonly name: string;
  /** One for each node. */
  readonly urls: readonly string[];
  readonly pids: readonly number[];
  /** Which Redis and PostgreSQL work for it; absent: the house's. */
  readonly backends?: Backends;
  /** After so long nothing is left to do of what was asked: the archive is at most a second behind. */
  readonly settleMs: number;
  /** What a handshake shows. */
  auth(url: string, number: number): Promise<object>;
  openRoom(): Promise<BenchRoom>;
  /** Somebody comes, who is in no room so far. */
  connect(url: string, auth: object): Promise<RoomMember>;
  stop(): Promise<void>;
}

/** The peers, and how they are started. */
const PEERS = {
  raw: ['raw'],
  bare: ['socketio', 'uws', 'none'],
  'bare on ws': ['socketio', 'ws', 'none'],
  classic: ['socketio', 'uws', 'classic'],
  sharded: ['socketio', 'uws', 'sharded'],
  'store then emit': ['socketio', 'uws', 'classic', 'store'],
  Colyseus: ['colyseus', 'uws'],
  'Colyseus on ws': ['colyseus', 'ws'],
} as const;

export type PeerName = keyof typeof PEERS;

const START_MS = 15_000;
const PEER_SETTLE_MS = 500;
const SETTLE_MS = 1_500;

/** Starts the peers that are wanted, all with null; `raw`, with which all are compared, comes first. */
export async function startPeers(
  house: BenchHouse,
  peers: readonly string[] | null,
): Promise<Contender[]> {
  const names = Object.keys(PEERS) as PeerName[];
  if (peers?.some((name) => !Object.hasOwn(PEERS, name))) {
    throw new Error(`--peers wants some of ${names.join(',')}.`);
  }
  const isWanted = (name: PeerName) => name === 'raw' || (peers?.includes(name) ?? true);
  return await Promise.all(names.filter(isWanted).map((name) => startPeer(name, house)));
}

interface PeerOptions {
  /** Where it finds Redis, if not where the house has it. */
  readonly redisUrl?: string;
  /** Those with the same hear one another over Redis; absent: nobody else. */
  readonly group?: string;
}

/** A process of its own. */
export async function startPeer(
  name: PeerName,
  house: BenchHouse,
  { redisUrl = house.redisUrl ?? '', group = randomUUID() }: PeerOptions = {},
): Promise<Contender> {
  const [program, ...args] = PEERS[name];
  const path = fileURLToPath(new URL(`./peers/${program}-process.js`, import.meta.url));
  const child = fork(path, [redisUrl, group, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // As the nodes get it where memory is measured.
    ...(house.collector === undefined ? {} : { execArgv: ['--import', house.collector] }),
  });
  const port = await portOf(child, name);
  const url = `http://127.0.0.1:${port}`;
  return {
    name,
    urls: [url],
    pids: [child.pid ?? 0],
    settleMs: PEER_SETTLE_MS,
    auth: async () => ({}),
    ...(program === 'colyseus' ? colyseusRooms(url) : SOCKET_IO_ROOMS),
    async stop() {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}

type Rooms = Pick<Contender, 'openRoom' | 'connect'>;

let peerRooms = 0;
const newRoomId = () => `00000000-0000-7000-8000-${String(peerRooms++).padStart(12, '0')}`;

/** Who joins first makes the room. */
const SOCKET_IO_ROOMS: Rooms = {
  openRoom: async () => new BenchRoom(newRoomId(), null),
  connect: BenchMember.connect,
};

function colyseusRooms(url: string): Rooms {
  return {
    async openRoom() {
      const { roomId } = await askForSeat(url, 'create/talk', { roomId: newRoomId() });
      return new BenchRoom(roomId, null);
    },
    connect: async () => new ColyseusMember(url),
  };
}

async function portOf(child: ChildProcess, name: string): Promise<number> {
  const signal = AbortSignal.timeout(START_MS);
  const gone = once(child, 'exit', { signal }).then(() => {
    throw new Error(`The peer ${name} ended at its start.`);
  });
  gone.catch(() => {});
  const [ready] = (await Promise.race([once(child, 'message', { signal }), gone])) as [PeerReady];
  return ready.port;
}

interface PinroomOptions {
  readonly name?: string;
  readonly nodes?: BenchHouse['nodes'];
  readonly backends?: Backends;
  readonly shows?: 'access' | 'refresh';
  /** Where sessions begin; absent: where their sockets go. A node knows the tokens that it has signed. */
  readonly signer?: string | undefined;
}

/** Pinroom with everything on, one node unless told; who comes shows an access token, or a refresh token. */
export function pinroom(
  house: BenchHouse,
  {
    name = 'Pinroom',
    nodes = house.nodes.slice(0, 1),
    backends = house,
    shows = 'access',
    signer,
  }: PinroomOptions = {},
): Contender {
  const urls = nodes.map(({ url }) => url);
  const host = new PinroomClient({ url: urls[0] ?? '', nickname: 'Host' });
  return {
    name,
    urls,
    pids: nodes.map(({ pid }) => pid),
    backends,
    settleMs: SETTLE_MS,
    async auth(url, number) {
      const { accessToken, refreshToken } = await newSession(signer ?? url, number);
      return shows === 'access' ? { token: accessToken } : { refreshToken };
    },
    async openRoom() {
      const { room } = await host.createRoom({ capacity: 100_000 });
      return new BenchRoom(room.id, room.pin);
    },
    connect: BenchMember.connect,
    stop: () => host.stop(),
  };
}

/** The same server with its archive off, where the house has one. */
export function pinroomWithoutArchive(house: BenchHouse): Contender[] {
  const { withoutArchive } = house;
  if (!withoutArchive) return [];
  const { nodes } = withoutArchive;
  return [pinroom(house, { name: 'Pinroom, archive off', nodes, backends: withoutArchive })];
}

export function newSession(url: string, number: number): Promise<SessionAnswer> {
  return ask(`${url}/api/sessions`, { body: { nickname: `Player ${number}` } });
}
