import type { Entry, Room } from './model.js';

/** The refresh token's cookie. */
export const REFRESH_COOKIE = 'pinroom_refresh';

/** What creating and refreshing a session answers. */
export interface SessionAnswer {
  user: { id: string; nickname: string };
  accessToken: string;
  accessTokenExpiresAt: number;
  /** Absent when the session keeps it in a cookie. */
  refreshToken?: string;
}

/** A session as its user sees it: which device is it, and when was it used last. */
export interface SessionInfo {
  id: string;
  createdAt: number;
  /** To about a minute. */
  lastUsedAt: number;
  address: string;
  userAgent: string;
  /** Whether it is the one that asks. */
  current: boolean;
}

export interface SessionList {
  sessions: SessionInfo[];
}

export interface RoomByPin {
  room: { id: string; pin: string; title: string; locked: boolean; full: boolean };
}

export interface RoomList {
  rooms: Room[];
  nextCursor: string | null;
}

export interface EntryPage {
  entries: Entry[];
  nextCursor: string | null;
  source: 'redis' | 'archive';
}
