import { PinroomError } from '@pinroom/client';

export interface NodeStatus {
  id: string;
  life: string;
  host: string;
  pid: number;
  version: string;
  startedAt: number;
  at: number;
  uptimeSeconds: number;
  tags: number;
  sockets: number;
  rooms: number;
  loopDelayMs: number;
  backends: { [name: string]: 'up' | 'down' };
  archiveLagMs: number;
  draining: boolean;
  entries?: number;
  refused?: { [code: string]: number };
}

export interface OperatorRoom {
  id: string;
  pin: string;
  title: string;
  locked: boolean;
  memberCount: number;
  online: number;
  createdAt: number;
  activeAt: number;
  expiresAt: number;
  closedAt: number | null;
  backlog: number;
}

export interface OperatorRoomList {
  rooms: OperatorRoom[];
  nextCursor: string | null;
}

export interface OperatorRoomView {
  room: OperatorRoom;
  hostState: 'present' | 'away' | 'gone';
  members: {
    userId: string;
    nickname: string;
    role: 'host' | 'player' | 'spectator';
    joinedAt: number;
    online: boolean;
    muted: boolean;
  }[];
  memberCount: number;
  nextCursor: string | null;
  channels: { channel: string; lastId: string | null; archivedId: string | null }[];
}

export interface Entry {
  id: string;
  roomId: string;
  channel: string;
  type: string;
  from: { userId: string; nickname: string } | null;
  payload: unknown;
  at: number;
}

export interface EntryPage {
  entries: Entry[];
  nextCursor: string | null;
  source: 'redis' | 'archive';
}

export const SYSTEM_EVENT_TYPES = [
  'node-up',
  'node-down',
  'backend-lost',
  'backend-found',
  'archive-lag',
  'abuse',
  'room-opened',
  'room-closed',
  'entries-lost',
] as const;
export type SystemEventType = (typeof SYSTEM_EVENT_TYPES)[number];
export type SystemLevel = 'info' | 'warn' | 'error';

export interface SystemEntry {
  id: string;
  at: number;
  nodeId: string;
  type: SystemEventType;
  level: SystemLevel;
  payload: { [name: string]: unknown };
}

export interface SystemLogPage {
  entries: SystemEntry[];
  nextCursor: string | null;
  source: 'redis' | 'archive';
}

type Query = { readonly [name: string]: string | number | undefined };

/** Stands in for the client library's until that is there. */
export class OperatorClient {
  readonly #token: string;

  constructor({ token }: { token: string }) {
    this.#token = token;
  }

  async nodes(): Promise<NodeStatus[]> {
    return (await this.#get<{ nodes: NodeStatus[] }>('/api/ops/nodes')).nodes;
  }

  rooms(query: { pin?: string; cursor?: string; limit?: number } = {}): Promise<OperatorRoomList> {
    return this.#get('/api/ops/rooms', query);
  }

  room(id: string, query: { cursor?: string; limit?: number } = {}): Promise<OperatorRoomView> {
    return this.#get(`/api/ops/rooms/${encodeURIComponent(id)}`, query);
  }

  entries(
    id: string,
    query: { channel?: string; before?: string; after?: string; limit?: number } = {},
  ): Promise<EntryPage> {
    return this.#get(`/api/ops/rooms/${encodeURIComponent(id)}/entries`, query);
  }

  log(
    query: { before?: string; after?: string; type?: SystemEventType; limit?: number } = {},
  ): Promise<SystemLogPage> {
    return this.#get('/api/ops/log', query);
  }

  async *followLog({
    after,
    type,
    signal,
  }: {
    after?: string;
    type?: SystemEventType;
    signal?: AbortSignal;
  } = {}): AsyncGenerator<SystemEntry> {
    const response = await this.#ask('/api/ops/log', { after, type }, 'text/event-stream', signal);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    while (reader) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = block.split('\n').find((line) => line.startsWith('data:'));
        if (data) yield JSON.parse(data.slice(5)) as SystemEntry;
      }
    }
  }

  async #get<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.#ask(path, query, 'application/json')).json();
  }

  async #ask(path: string, query: Query, accept: string, signal?: AbortSignal) {
    const address = new URL(path, location.origin);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, `${value}`);
    }
    const headers = { authorization: `Bearer ${this.#token}`, accept };
    const response = await fetch(address, { headers, signal: signal ?? null }).catch(() => {
      throw new PinroomError('offline');
    });
    if (response.ok) return response;
    const answer = await response.json().catch(() => null);
    throw new PinroomError(answer?.error?.code ?? 'unavailable');
  }
}
