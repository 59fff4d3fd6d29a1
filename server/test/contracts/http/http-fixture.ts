import type {
  CommandName,
  EntryPage,
  NodeList,
  OperatorRoomList,
  OperatorRoomView,
  Room,
  RoomByPin,
  RoomList,
  RoomState,
  SessionList,
  SystemEntry,
  SystemLogPage,
} from '@pinroom/client/contract';
import { AjvSchemaChecker } from '../../../src/drivers/ajv/ajv-schema-checker.js';
import {
  createHttpApp,
  type HttpApp,
  type HttpAppOptions,
} from '../../../src/drivers/http/http-app.js';
import type { PageFile, PageFiles } from '../../../src/drivers/http/page-files.js';
import type { ApplicationCaller, Caller } from '../../../src/engine/auth/caller.port.js';
import type {
  ExportedRoom,
  RoomApi,
  SessionApi,
  SessionGrant,
} from '../../../src/engine/connection/http-api.port.js';
import type { LogFollower, OperatorApi } from '../../../src/engine/connection/operator-api.port.js';
import { AppError } from '../../../src/engine/runtime/app-error.js';
import { type Clock, systemClock } from '../../../src/engine/runtime/clock.js';
import type { HealthReport } from '../../../src/engine/runtime/health.port.js';
import type { Logger } from '../../../src/engine/runtime/logger.js';
import { noMetrics } from '../../../src/engine/runtime/metrics.js';

export const NOW = 1_800_000_000_000;
export const ROOM_ID = '0197a1b2-0000-7000-8000-0000000000ff';

/** Sessions in a map; an access token is `access-<n>`, a refresh token `refresh-<n>`. */
export class LocalSessions implements SessionApi {
  readonly #live = new Map<string, Caller>();
  #count = 0;

  async createSession({ nickname = 'Guest' }: { nickname?: string | undefined }) {
    return this.#grant(nickname);
  }

  async refreshSession(refreshToken: string): Promise<SessionGrant> {
    const old = this.#live.get(refreshToken.replace('refresh', 'access'));
    if (!old) throw new AppError('session_ended');
    this.#live.delete(refreshToken.replace('refresh', 'access'));
    return this.#grant(old.nickname);
  }

  async authenticateToken(accessToken: string): Promise<Caller> {
    const caller = this.#live.get(accessToken);
    if (!caller) throw new AppError('unauthenticated', 'The access token is not valid.');
    return caller;
  }

  async endSession(caller: Caller): Promise<void> {
    for (const [token, live] of this.#live) if (live === caller) this.#live.delete(token);
  }

  async endAllSessions(): Promise<void> {
    this.#live.clear();
  }

  async listSessions(caller: Caller): Promise<SessionList> {
    const sessions = [...this.#live.values()].map(({ sessionId }) => ({
      id: sessionId,
      createdAt: NOW,
      lastUsedAt: NOW,
      address: '192.0.2.7',
      userAgent: 'Firefox',
      current: sessionId === caller.sessionId,
    }));
    return { sessions };
  }

  async endOwnSession(_caller: Caller, sessionId: string): Promise<void> {
    for (const [token, live] of this.#live) {
      if (live.sessionId === sessionId) return void this.#live.delete(token);
    }
    throw new AppError('not_found');
  }

  #grant(nickname: string): SessionGrant {
    this.#count += 1;
    const number = String(this.#count);
    const userId = `user-${number}`;
    this.#live.set(`access-${number}`, {
      kind: 'user',
      userId,
      sessionId: `0197a1b2-0000-7000-8000-${number.padStart(12, '0')}`,
      nickname,
      network: 'n',
      authorisedUntil: NOW + 600_000,
      sessionExpiresAt: NOW + 2_592_000_000,
      sessionEndsBy: NOW + 15_552_000_000,
    });
    return {
      user: { id: userId, nickname },
      accessToken: `access-${number}`,
      accessTokenExpiresAt: NOW + 600_000,
      refreshToken: `refresh-${number}`,
      refreshTokenExpiresAt: NOW + 2_592_000_000,
    };
  }
}

/** One room that answers every command and writes down what it was asked. */
export class LocalRooms implements RoomApi {
  readonly asked: { who: string; what: string; payload: unknown }[] = [];
  /** When set, every call is answered with it. */
  fault: unknown = null;
  readonly #keys = new Set<string>();

  async command(caller: Caller | ApplicationCaller, name: CommandName, payload: unknown) {
    this.#note(caller, name, payload);
    if (name === 'room:create') return { room: this.room, hostKey: 'host-key' };
    if (name === 'room:update') return { room: this.room };
    if (name === 'room:state') return { version: 4 };
    if (name === 'room:history') return { entries: [], nextCursor: null, source: 'redis' };
    if (name !== 'room:send') return {};
    const { key } = payload as { key?: string };
    const duplicate = key !== undefined && this.#keys.has(key);
    if (key !== undefined) this.#keys.add(key);
    return { id: '1-0', at: NOW, duplicate };
  }

  async findByPin(caller: Caller, pin: string): Promise<RoomByPin> {
    this.#note(caller, 'findByPin', pin);
    if (pin !== '482913') throw new AppError('room_not_found');
    return { room: { id: ROOM_ID, pin, title: 'Quiz', locked: false, full: false } };
  }

  async getRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<Room> {
    this.#note(caller, 'getRoom', roomId);
    return this.room;
  }

  async getState(caller: Caller | ApplicationCaller, roomId: string): Promise<RoomState> {
    this.#note(caller, 'getState', roomId);
    return { version: 3, value: { a: 1 } };
  }

  async listRooms(caller: Caller, page: { cursor: string | null; limit: number }) {
    this.#note(caller, 'listRooms', page);
    return { rooms: [this.room], nextCursor: null } satisfies RoomList;
  }

  /** Three pages. */
  async exportRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<ExportedRoom> {
    this.#note(caller, 'exportRoom', roomId);
    const pages = ['{"id":"1-0"}\n', '{"id":"1-1"}\n', '{"id":"1-2"}\n'];
    return { next: async () => pages.shift() ?? null, close: () => {} };
  }

  async deleteRoom(caller: Caller | ApplicationCaller, roomId: string): Promise<void> {
    this.#note(caller, 'deleteRoom', roomId);
  }

  async deleteUser(caller: Caller): Promise<void> {
    this.#note(caller, 'deleteUser', null);
  }

  get room(): Room {
    return {
      id: ROOM_ID,
      pin: '482913',
      title: 'Quiz',
      hostIds: ['user-1'],
      locked: false,
      capacity: 10,
      memberCount: 0,
      settings: {
        playersMaySend: true,
        typesByRole: {},
        slowModeSeconds: 0,
        approval: false,
        hostGraceSeconds: 60,
        onHostGone: 'keep',
        passcodeRequired: false,
      },
      rev: 1,
      createdAt: NOW,
      expiresAt: NOW + 1,
      closedAt: null,
    };
  }

  #note(caller: Caller | ApplicationCaller, what: string, payload: unknown): void {
    const who = caller.kind === 'user' ? caller.userId : 'application';
    this.asked.push({ who, what, payload });
    if (this.fault !== null) throw this.fault;
  }
}

export const LOG_ENTRY: SystemEntry = {
  id: '1800000000000-0',
  at: NOW,
  nodeId: 'node-1',
  type: 'node-up',
  level: 'info',
  payload: { life: 'life-1', version: '1.2.3', host: 'one', pid: 7, reason: 'started' },
};

/** A log with one entry, one room and one node; writes down what it was asked. */
export class LocalOperators implements OperatorApi {
  readonly asked: { what: string; question: unknown }[] = [];
  /** What followers get next; a list for a turn, null for the end. */
  readonly coming: (readonly SystemEntry[] | null)[] = [];
  followers = 0;

  async readLog(question: unknown): Promise<SystemLogPage> {
    this.asked.push({ what: 'log', question });
    return { entries: [LOG_ENTRY], nextCursor: null, source: 'archive' };
  }

  async followLog(after: string | null, type: string | null): Promise<LogFollower> {
    this.asked.push({ what: 'follow', question: { after, type } });
    this.followers += 1;
    let isOpen = true;
    return {
      next: async () => {
        const next = this.coming.shift();
        return next === undefined ? new Promise(() => {}) : next;
      },
      close: () => {
        if (isOpen) this.followers -= 1;
        isOpen = false;
      },
    };
  }

  async listRooms(question: unknown): Promise<OperatorRoomList> {
    this.asked.push({ what: 'rooms', question });
    return { rooms: [], nextCursor: null };
  }

  async viewRoom(roomId: string, page: object): Promise<OperatorRoomView> {
    this.asked.push({ what: 'room', question: { roomId, ...page } });
    const room = { id: roomId } as OperatorRoomView['room'];
    const members = { members: [], memberCount: 0, nextCursor: null };
    return { room, hostState: 'gone', ...members, channels: [] };
  }

  async readEntries(question: unknown): Promise<EntryPage> {
    this.asked.push({ what: 'entries', question });
    return { entries: [], nextCursor: null, source: 'redis' };
  }

  async closeRoom(roomId: string): Promise<void> {
    this.asked.push({ what: 'close', question: { roomId } });
  }

  async listNodes(): Promise<NodeList> {
    this.asked.push({ what: 'nodes', question: null });
    return { nodes: [] };
  }
}

/** Remembers every line. */
export class ListLogger implements Logger {
  readonly lines: { level: string; fields: object; message: string }[] = [];
  readonly debug = this.#at('debug');
  readonly info = this.#at('info');
  readonly warn = this.#at('warn');
  readonly error = this.#at('error');

  #at(level: string): Logger['info'] {
    return (fields, message) => void this.lines.push({ level, fields, message });
  }
}

export type CallOptions = {
  token?: string;
  body?: unknown;
  headers?: { [name: string]: string };
};

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));

/** Pages as a build leaves them, a script, and a file that nothing was compressed of. */
function somePages(): PageFiles {
  const whole = (text: string) => ({
    etag: 'W/"1"',
    plain: bytes(text),
    brotli: bytes('br'),
    gzip: bytes('gz'),
  });
  const page = {
    ...whole('<!doctype html>'),
    contentType: 'text/html; charset=utf-8',
    isHashed: false,
  };
  return new Map<string, PageFile>([
    ['index.html', page],
    ['host.html', page],
    ['monitor.html', page],
    [
      'assets/player-1.js',
      { ...whole('play()'), contentType: 'text/javascript; charset=utf-8', isHashed: true },
    ],
    [
      'icon.svg',
      {
        contentType: 'image/svg+xml',
        isHashed: false,
        etag: 'W/"2"',
        plain: bytes('<svg/>'),
        brotli: null,
        gzip: null,
      },
    ],
  ]);
}

/** An app over these, and a short way to call it. */
export class HttpFixture {
  readonly sessions = new LocalSessions();
  readonly rooms = new LocalRooms();
  readonly operators = new LocalOperators();
  readonly logger = new ListLogger();
  /** What was counted, with its labels. */
  readonly counted: [string, { readonly [label: string]: string } | undefined][] = [];
  health: HealthReport = { ready: true, status: 'ok', backends: { redis: 'up' }, reasons: [] };
  readonly app: HttpApp;

  constructor(options: Partial<HttpAppOptions> = {}) {
    const clock: Clock = { ...systemClock, now: () => NOW };
    this.app = createHttpApp({
      sessions: this.sessions,
      rooms: this.rooms,
      operators: this.operators,
      checker: new AjvSchemaChecker(),
      health: { report: () => this.health },
      keySet: () => ({ keys: [{ kty: 'OKP', kid: 'k' }] }),
      metricsText: async () => 'pinroom_sockets 0\n',
      publicUrl: null,
      allowedOrigins: [],
      trustProxy: 0,
      operatorToken: null,
      apiKey: null,
      pages: somePages(),
      version: '1.2.3',
      logger: this.logger,
      metrics: { ...noMetrics, count: (name, labels) => this.counted.push([name, labels]) },
      clock,
      ...options,
    });
  }

  /** `what` is method and path; a body that is a string goes out as it stands. */
  call(what: string, options: CallOptions = {}): Promise<Response> {
    const [method = '', path = ''] = what.split(' ');
    const { body } = options;
    const headers = new Headers({ host: 'pin.test', ...options.headers });
    if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`);
    if (body !== undefined && !headers.has('content-type')) {
      headers.set('content-type', 'application/json');
    }
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = body === undefined ? { method, headers } : { method, headers, body: text };
    return this.app.fetch(new Request(`http://pin.test${path}`, init), {
      remoteAddress: '10.0.0.1',
    });
  }

  /** A new session's access token. */
  async signIn(): Promise<string> {
    return (await this.sessions.createSession({})).accessToken;
  }
}

/** The code of an error answer, after a look at its shape. */
export async function codeOf(response: Response): Promise<string> {
  const body = (await response.json()) as { error: { code: string; message: string } };
  if (typeof body.error.message !== 'string' || Object.keys(body).length !== 1) return 'malformed';
  return body.error.code;
}
