import type { Entry, JoinAnswer, Member, Room } from './model.js';
import type { Static } from './schema.js';
import type { COMMAND_SCHEMAS, CommandName } from './schemas.js';

export type { CommandName } from './schemas.js';

export type CommandPayload<N extends CommandName> = Static<(typeof COMMAND_SCHEMAS)[N]>;

export interface HistoryPage {
  /** Ascending. */
  entries: Entry[];
  /** Pass it as `before` (or as `after`, when the question was `after`) for the next page; null: no more. */
  nextCursor: string | null;
  source: 'redis' | 'archive';
}

export interface MemberPage {
  members: Member[];
  memberCount: number;
  nextCursor: string | null;
}

/** What a command answers in `data`. */
export interface CommandAnswers {
  'room:create': { room: Room; hostKey: string };
  'room:join': JoinAnswer;
  'room:leave': Record<string, never>;
  'room:send': { id: string; at: number; duplicate: boolean };
  'room:signal': Record<string, never>;
  'room:history': HistoryPage;
  'room:members': MemberPage;
  'room:update': { room: Room };
  'room:kick': Record<string, never>;
  'room:state': { version: number };
  'room:host': { room: Room };
  'room:rename': { self: Member };
  'room:mute': Record<string, never>;
  'room:close': Record<string, never>;
}

export type CommandAnswer<N extends CommandName> = CommandAnswers[N];
