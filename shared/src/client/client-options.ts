import type { ClientClock } from './client-clock.js';
import type { ConnectionState } from './connection.js';
import type { JoinWish } from './room-wish.js';
import type { User } from './session.js';
import type { OpenSocket } from './socket-line.js';
import type { TokenStorage } from './token-keeper.js';

/** What makes the library reliable, by names; see `ClientOptions.without`. */
export type Mechanism = 'gap-fill' | 'resume' | 'resend' | 'same-key' | 'snapshot-refresh';

export interface ClientOptions {
  /** Where the server is, `https://…`; in a page its own origin by default. */
  readonly url?: string;
  /** For a new session. */
  readonly nickname?: string;
  /** Keeps the refresh token in an HttpOnly cookie; for pages that the server itself serves. */
  readonly cookie?: boolean;
  /** Where the refresh token outlives the page, `localStorage` for example. */
  readonly storage?: TokenStorage;
  /** Whether a session that was ended is followed by a new one, with a new user id. */
  readonly renewSession?: boolean;
  /** A token with less life left is replaced before the next handshake. */
  readonly refreshMarginMs?: number;
  /** How long an answer may take; three times as long where it may be big. */
  readonly requestTimeoutMs?: number;
  /** How long `createRoom` and `joinRoom` try. */
  readonly commandDeadlineMs?: number;
  /** How long `joinRoom` waits where a host lets people in; 10 minutes by default. */
  readonly waitDeadlineMs?: number;
  /** How long a message is tried. */
  readonly sendDeadlineMs?: number;
  /** Messages of a room that may wait. */
  readonly maxQueued?: number;
  /** Entries of a channel that are remembered. */
  readonly keepEntries?: number;
  /** Payloads above it are refused before they are sent. */
  readonly maxPayloadBytes?: number;
  /** For tests. */
  readonly fetch?: typeof globalThis.fetch;
  readonly openSocket?: OpenSocket;
  readonly clock?: ClientClock;
  readonly random?: () => number;
  /**
   * For tests: goes without these, so that a check of what arrives shows that each is needed.
   * `gap-fill`: what is missing is never fetched. `resume`: each join starts from what the server
   * gives, without the positions held. `resend`: nothing is sent again after a loss. `same-key`: each
   * attempt of a message has a key of its own. `snapshot-refresh`: stale members and rights stay so.
   */
  readonly without?: ReadonlySet<Mechanism>;
}

export interface ClientEvents {
  state: { readonly state: ConnectionState; readonly reason: string | null };
  /** Who the user is; `isNew`: the session was just created. */
  user: { readonly user: User; readonly isNew: boolean };
  /** `joinRoom` goes on when a host of this room has let the user in. */
  waiting: { readonly roomId: string };
  /** The user was let in or turned away where a host decides. */
  admitted: { readonly roomId: string; readonly admit: boolean };
}

export type JoinOptions = JoinWish &
  /** `pin` as somebody typed it; a closed room's `room.pin` is null and gives `room_closed`. */
  ({ readonly pin: string | null } | { readonly roomId: string }) & {
    /** Positions from an earlier handle's `positions()`. */
    readonly since?: { readonly [channel: string]: string };
    /** Gives the join up, as long as it is under way: it rejects with `stopped`. */
    readonly signal?: AbortSignal;
  };
