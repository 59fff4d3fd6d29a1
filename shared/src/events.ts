import type { ErrorCode } from './codes.js';
import type { Entry, HostState, Member, Room } from './model.js';

/** Version of the protocol, in `session:ready`. */
export const PROTOCOL_VERSION = 1;

/** The events of the protocol, from the server to clients. */
export interface ServerEvents {
  'session:ready': {
    userId: string;
    nickname: string;
    nodeId: string;
    serverTime: number;
    protocol: typeof PROTOCOL_VERSION;
  };
  'session:ended': { reason: ErrorCode | string };
  'server:draining': { reconnectInMs: number };
  'room:entry': Entry;
  'room:signal': {
    roomId: string;
    to: string;
    type: string;
    payload: unknown;
    from: { userId: string; nickname: string };
  };
  'room:presence': {
    roomId: string;
    version: number;
    memberCount: number;
    joined: Member[];
    changed: Member[];
    left: string[];
    hostState: HostState;
  };
  'room:updated': { room: Room };
  'room:state': { roomId: string; version: number; patch: unknown };
  'room:waiting': { roomId: string; waiting: Member[] };
  'room:top': {
    roomId: string;
    tops: { [channel: string]: string };
    rev: number;
    stateVersion: number;
    presenceVersion: number;
  };
  'room:left': { roomId: string; reason: LeftReason };
  'room:admitted': { roomId: string; admit: boolean };
}

export type LeftReason = 'kicked' | 'banned' | 'closed' | 'expired' | 'left';
export type ServerEventName = keyof ServerEvents;
