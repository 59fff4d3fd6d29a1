import type { ErrorCode } from './codes.js';
import type { HostState, Member, Settings } from './model.js';

/** What operators see: the log of the system, the open rooms, the nodes. */

/** What the system says of itself, by type. No PIN, no nickname; an address only where it is about abuse. */
export interface SystemEvents {
  /** A node serves; `back`: its lease had run out, and it goes on under another life. */
  'node-up': {
    life: string;
    version: string;
    host: string;
    pid: number;
    reason: 'started' | 'back';
  };
  /** A node has stopped, or is silent for so long that it is taken for dead. Null: it never said who it is. */
  'node-down': {
    nodeId: string | null;
    life: string;
    host: string | null;
    pid: number | null;
    reason: 'stopped' | 'silent';
  };
  'backend-lost': { backend: string };
  'backend-found': { backend: string; afterMs: number };
  /** Redis goes on with another history: it was restarted, or a replica has taken over. Masters: of how many at once. */
  'redis-changed': { masters: number };
  'archive-lag': { state: 'begins' | 'ends'; lagMs: number };
  abuse:
    | {
        kind: 'pin-guessing';
        state: 'begins' | 'ends';
        found: number;
        wrong: number;
        seconds: number;
      }
    /** A socket that went on and on above its limit. */
    | { kind: 'socket-closed'; network: string };
  'room-opened': { roomId: string };
  'room-closed': { roomId: string; reason: 'closed' | 'expired'; by?: 'operator' };
  /** An operator has looked into what is said in a channel: once for each channel, node and minute. */
  'room-read': { roomId: string; channel: string };
  /** Entries of this very log that are in it no more, or never were. */
  'entries-lost': { reason: 'held-back' | 'queue-full' | 'not-archived'; count: number };
}

export type SystemEventType = keyof SystemEvents;

export const SYSTEM_EVENT_TYPES = [
  'node-up',
  'node-down',
  'backend-lost',
  'backend-found',
  'redis-changed',
  'archive-lag',
  'abuse',
  'room-opened',
  'room-closed',
  'room-read',
  'entries-lost',
] as const satisfies readonly SystemEventType[];

export type SystemLevel = 'info' | 'warn' | 'error';

/** One entry in the log of the system. */
export interface SystemEntry {
  /** `"<ms>-<seq>"`, when it was written by the store's clock. */
  id: string;
  /** When it happened, by the clock of the node that says it. */
  at: number;
  /** Who says it. */
  nodeId: string;
  type: SystemEventType;
  level: SystemLevel;
  payload: { [name: string]: unknown };
}

export interface SystemLogPage {
  /** Ascending. */
  entries: SystemEntry[];
  /** Pass it as `before` (or as `after`, when the question was `after`) for the next page; null: no more. */
  nextCursor: string | null;
  source: 'redis' | 'archive';
}

/** A room that is open, or is being closed, as an operator sees it. */
export interface OperatorRoom {
  id: string;
  pin: string;
  title: string;
  locked: boolean;
  memberCount: number;
  /** Members who are connected. */
  online: number;
  createdAt: number;
  activeAt: number;
  expiresAt: number;
  /** Not null: it is being closed. */
  closedAt: number | null;
  /** Entries that wait for the archive. */
  backlog: number;
}

export interface OperatorRoomList {
  rooms: OperatorRoom[];
  nextCursor: string | null;
}

/** A room for who looks into it: who is there, and how far its channels are, not what is said in them. */
export interface OperatorRoomView {
  room: OperatorRoomDetails;
  hostState: HostState;
  /** A page of them; of a closed room those of its end, as long as the store has it, and none online. */
  members: Member[];
  memberCount: number;
  nextCursor: string | null;
  /** Every channel that was ever written to. */
  channels: OperatorChannel[];
}

export interface OperatorRoomDetails extends OperatorRoom {
  hostIds: string[];
  /** Places for players. */
  capacity: number;
  settings: Settings;
  rev: number;
  /** Of the ids that its next entries get: it rises when Redis has lost data. */
  epoch: number;
}

export interface OperatorChannel {
  channel: string;
  /** The newest id; null: nothing is kept any more. */
  lastId: string | null;
  /** The newest id that is in the archive; null: none yet. */
  archivedId: string | null;
}

/** What a node says of itself every two seconds. */
export interface NodeStatus {
  id: string;
  /** What its lease is under; another one after the lease ran out. */
  life: string;
  host: string;
  pid: number;
  version: string;
  startedAt: number;
  /** When it said this. */
  at: number;
  uptimeSeconds: number;
  /** Of 256, which the nodes share: how many it archives, expires rooms and sweeps presence for. */
  tags: number;
  sockets: number;
  /** Rooms with a socket on it. */
  rooms: number;
  /** How late timers came since it spoke last: the 99th percentile. */
  loopDelayMs: number;
  backends: { [name: string]: 'up' | 'down' };
  /** How long the entry that waits longest in its tags has waited for the archive. */
  archiveLagMs: number;
  /** Entries that it has accepted since it started, by socket and HTTP; one that was sent again counts once. */
  entries: number;
  /** Requests that it has answered with an error since it started, by code: commands, handshakes, HTTP. */
  refused: { [C in ErrorCode]?: number };
  draining: boolean;
}

export interface NodeList {
  nodes: NodeStatus[];
}
