/** One row of the table of error codes. */
export interface CodeRow {
  /** HTTP status of an answer with this code. */
  readonly status: number;
  /** Whether the same request may succeed later without any change by the caller. */
  readonly retry: boolean;
  /** What it means, for people who read the documentation. */
  readonly meaning: string;
}

/** Every code that an answer can carry. The code is the contract, the message is for people. */
export const CODES = {
  bad_request: { status: 400, retry: false, meaning: 'The request does not fit its schema.' },
  unauthenticated: {
    status: 401,
    retry: false,
    meaning: 'No valid token came with the request. Refresh the session and try again.',
  },
  session_ended: {
    status: 401,
    retry: false,
    meaning: 'The session was ended, has run out or is unknown. Start a new one.',
  },
  forbidden: { status: 403, retry: false, meaning: 'The caller may not do this.' },
  origin_denied: {
    status: 403,
    retry: false,
    meaning: 'The page that sent the request is not on the list of allowed origins.',
  },
  banned: {
    status: 403,
    retry: false,
    meaning: 'The user, or everybody new from the user’s address, is banned from this room.',
  },
  not_in_room: { status: 403, retry: false, meaning: 'The user is not a member of this room.' },
  not_found: { status: 404, retry: false, meaning: 'There is nothing under this name.' },
  room_not_found: { status: 404, retry: false, meaning: 'No room has this PIN or id.' },
  room_closed: { status: 410, retry: false, meaning: 'The room is closed.' },
  room_full: { status: 409, retry: true, meaning: 'Every place in the room is taken.' },
  room_locked: { status: 423, retry: true, meaning: 'The host lets nobody new in.' },
  passcode_required: {
    status: 403,
    retry: false,
    meaning: 'The room wants a passcode, and none or a wrong one was given.',
  },
  waiting_for_host: {
    status: 202,
    retry: true,
    meaning: 'The host has to let the user in; `room:admitted` tells the decision.',
  },
  conflict: {
    status: 409,
    retry: false,
    meaning: 'Somebody was first: the state has changed, or a single answer was given already.',
  },
  muted: { status: 403, retry: false, meaning: 'The host has muted the user.' },
  nickname_taken: {
    status: 409,
    retry: false,
    meaning: 'Another member of the room has this nickname, or a host has one that looks like it.',
  },
  payload_too_large: { status: 413, retry: false, meaning: 'The request is larger than allowed.' },
  rate_limited: {
    status: 429,
    retry: true,
    meaning: 'Too many requests; `retryAfterMs` says when the next one is welcome.',
  },
  pins_exhausted: { status: 503, retry: true, meaning: 'No PIN is free at the moment.' },
  backlog_full: {
    status: 503,
    retry: true,
    meaning: 'Too many entries wait for the archive; the room takes no more for now.',
  },
  draining: {
    status: 503,
    retry: true,
    meaning: 'This node is about to stop; another one answers.',
  },
  unavailable: {
    status: 503,
    retry: true,
    meaning: 'A backend did not answer in time. Whether the request was carried out is unknown.',
  },
  internal: { status: 500, retry: true, meaning: 'A fault of the server; it is in its log.' },
} as const satisfies { readonly [code: string]: CodeRow };

export type ErrorCode = keyof typeof CODES;

/** An error as it travels: in acks, in `connect_error.data` and, under `error`, in HTTP answers. */
export interface WireError {
  code: ErrorCode;
  message: string;
  retryAfterMs?: number;
  /** With `nickname_taken`: one that was free a moment ago. */
  suggestion?: string;
}

/** What every ack carries. */
export type Ack<T> = { ok: true; data: T } | { ok: false; error: WireError };
