import {
  type ClientClock,
  compareEntryIds,
  type Entry,
  type ErrorCode,
  type Member,
  type OpenSocket,
  type Room,
  type RoomState,
} from '@pinroom/client';
import type { JoinAnswer } from '@pinroom/client/contract';

/** Resolves when everything that only waited for promises has gone on. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Time that passes when it is told to. */
export class ManualClock implements ClientClock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  monotonic = () => this.#now;
  wall = () => 1_000_000 + this.#now;

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#now = Math.max(this.#now, next.at);
      this.#timers = this.#timers.filter((other) => other !== next);
      next.callback();
    }
    this.#now = end;
    await settled();
  }
}

type Command = { [name: string]: unknown };
export type Reply = { data: unknown } | { error: ErrorCode; retryAfterMs?: number } | 'silence';

export interface FakeSocket {
  readonly token: string;
  tell(name: string, payload?: unknown): void;
  isOpen: boolean;
  isInside: boolean;
}

/** One room behind the wire, as far as the client can see. */
export class FakeRoomServer {
  readonly log: Entry[] = [];
  /** What was sent to other channels; a player reads none of them. */
  readonly unheard: Entry[] = [];
  readonly handshakes: string[] = [];
  readonly commands: [string, Command][] = [];
  readonly posts: string[] = [];
  /** The next answers to a command, before it is really carried out. */
  readonly replies: { [name: string]: Reply[] } = {};
  refusals: ({ code: ErrorCode; retryAfterMs?: number } | null)[] = [];
  sockets: FakeSocket[] = [];
  sessionAnswers: number[] = [];
  presenceVersion = 1;
  state: RoomState = { version: 0, value: {} };
  hostIds: string[] = ['h'];
  #tokens = 0;
  #epoch = 7;

  /** With which a client reaches it. */
  optionsOfClient(clock: ClientClock) {
    const { fetch, openSocket } = this;
    return { url: 'http://server.test', fetch, openSocket, clock, random: () => 0.5 };
  }

  fetch: typeof globalThis.fetch = async (address, init) => {
    const path = new URL(String(address)).pathname;
    this.posts.push(`${init?.method} ${path}`);
    const status = this.sessionAnswers.shift() ?? 200;
    if (status !== 200) {
      return Response.json({ error: { code: 'session_ended', message: '' } }, { status });
    }
    const isNew = path === '/api/sessions';
    const accessToken = `t${++this.#tokens}`;
    const user = { id: 'u', nickname: 'Ada' };
    const expires = { accessTokenExpiresAt: 1_000_000 + 600_000, refreshToken: `r${this.#tokens}` };
    return Response.json({ user, accessToken, ...expires }, { status: isNew ? 201 : 200 });
  };

  openSocket: OpenSocket = (_url, auth) => {
    let listener: (name: string, payload: unknown) => void = () => {};
    const { token } = auth();
    const socket: FakeSocket = {
      token,
      isOpen: true,
      isInside: false,
      tell(name, payload) {
        if (socket.isOpen) listener(name, payload);
      },
    };
    this.handshakes.push(token);
    queueMicrotask(() => {
      const refusal = this.refusals.shift();
      if (refusal !== undefined) return socket.tell('connect_error', refusal ?? undefined);
      this.sockets.push(socket);
      const ready = { userId: 'u', nickname: 'Ada', nodeId: 'n', serverTime: 5_000, protocol: 1 };
      socket.tell('session:ready', ready);
    });
    return {
      onEvent: (callback) => {
        listener = callback;
      },
      emit: (name, payload, ack) => {
        this.commands.push([name, payload as Command]);
        const reply =
          this.replies[name]?.shift() ?? this.#carryOut(name, payload as Command, socket);
        if (reply === 'silence' || !socket.isOpen) return;
        const answer =
          'data' in reply
            ? { ok: true, data: reply.data }
            : { ok: false, error: { message: '', ...reply, code: reply.error } };
        queueMicrotask(() => socket.isOpen && ack(structuredClone(answer)));
      },
      close: () => {
        socket.isOpen = false;
      },
    };
  };

  /** The line breaks without a word. */
  cut(): void {
    for (const socket of this.sockets) {
      socket.tell('disconnect', 'transport close');
      socket.isOpen = false;
    }
    this.sockets = [];
  }

  append(payload: unknown, key?: string, channel = 'room'): Entry {
    const log = this.#logOf(channel);
    const isOfEpoch = ({ id }: Entry) => id.startsWith(`${this.#epoch}-`);
    const seq = log.filter(isOfEpoch).length;
    const last = log.at(-1);
    const after = seq === 0 && last ? { after: last.id } : {};
    const from = { userId: 'u', nickname: 'Ada' };
    const named = key === undefined ? after : { ...after, key };
    const id = `${this.#epoch}-${seq}`;
    const entry = { id, roomId: 'r', channel, type: 't', from, payload, at: 5_000, ...named };
    log.push(entry);
    return entry;
  }

  /** The newest entries are lost, and the room goes on in a later epoch. */
  lose(count: number, channel = 'room'): void {
    this.#logOf(channel).splice(-count, count);
    this.#epoch++;
  }

  say(payload: unknown): void {
    this.broadcast('room:entry', this.append(payload));
  }

  broadcast(name: string, payload: unknown): void {
    for (const socket of this.sockets) if (socket.isInside) socket.tell(name, payload);
  }

  count(name: string): number {
    return this.commands.filter(([command]) => command === name).length;
  }

  room(): Room {
    return { id: 'r', rev: 1, hostIds: this.hostIds, memberCount: 1, pin: '1234' } as Room;
  }

  #logOf(channel: string): Entry[] {
    return channel === 'room' ? this.log : this.unheard;
  }

  #carryOut(name: string, payload: Command, socket: FakeSocket): Reply {
    switch (name) {
      case 'room:join':
        socket.isInside = true;
        return { data: this.#join(payload) };
      case 'room:history': {
        const rest = this.#after(String(payload.after));
        const entries = rest.slice(0, 3);
        const more = rest.length > entries.length;
        return { data: { entries, nextCursor: more ? entries.at(-1)?.id : null, source: 'redis' } };
      }
      case 'room:send': {
        const channel = String(payload.channel);
        const known = this.#logOf(channel).find(({ key }) => key === payload.key);
        const entry = known ?? this.append(payload.payload, String(payload.key), channel);
        if (!known && channel === 'room') this.broadcast('room:entry', entry);
        return { data: { id: entry.id, at: entry.at, duplicate: known !== undefined } };
      }
      default:
        return { data: {} };
    }
  }

  #join(payload: Command): JoinAnswer {
    const since = (payload.since as { room?: string } | undefined)?.room;
    const missed = since === undefined ? this.log.slice(-2) : this.#after(since).slice(0, 3);
    const lastId = missed.at(-1)?.id ?? since ?? null;
    const complete = since === undefined || missed.length === this.#after(since).length;
    const role = this.hostIds.includes('u') ? 'host' : 'player';
    const self = { userId: 'u', nickname: 'Ada', role, online: true } as Member;
    return {
      room: this.room(),
      self,
      members: [self],
      memberCount: 1,
      presenceVersion: this.presenceVersion,
      hostState: 'present',
      state: this.state,
      channels: { room: { entries: missed, lastId, complete } },
    };
  }

  #after(id: string): Entry[] {
    return this.log.filter((entry) => compareEntryIds(entry.id, id) > 0);
  }
}
