import { type JoinOptions, PinroomError, type RoomHandle } from '@pinroom/client';
import { effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import { t } from '../i18n/translate.js';
import { client } from '../room/page-client.js';
import { RoomStore } from '../room/room-store.js';
import { hostLink, readHostAddress } from './host-address.js';
import { HostRoom } from './host-room.js';
import { forget, recall, remember } from './tab-memory.js';

/** Why the page shows no room any more: a reason of the protocol, or what became of the role of host. */
export type OverReason = string;

export type Place =
  | { readonly kind: 'start' }
  | { readonly kind: 'entering'; readonly roomId: string; readonly fault: unknown }
  | { readonly kind: 'inside'; readonly room: HostRoom }
  | {
      readonly kind: 'over';
      readonly roomId: string;
      readonly reason: OverReason;
      /** Where one can play. */
      readonly pin: string | null;
    };

const RETRY_MS = 3_000;
/** Faults that go by themselves. */
const PASSING = new Set(['offline', 'timeout', 'unavailable', 'draining', 'rate_limited']);
const REASONS = new Map([
  ['room_closed', 'closed'],
  ['not_in_room', 'not-host'],
  ['forbidden', 'not-host'],
  ['room_not_found', 'not-found'],
  ['not_found', 'not-found'],
  ['session_ended', 'session_ended'],
  ['banned', 'banned'],
  ['protocol_mismatch', 'protocol_mismatch'],
]);

const current: Signal<Place> = signal(firstPlace());

/** Where the page is. */
export const place: ReadonlySignal<Place> = current;

/** Counts the rooms that were asked for: an answer for an older one is let go. */
let visit = 0;
let leaveRoom: (() => void) | null = null;
let giveUp = new AbortController();
let retry: ReturnType<typeof setTimeout> | undefined;
let createdId: string | null = null;

/** Goes where the address says, now and whenever it changes. */
export function followAddress(): () => void {
  addEventListener('hashchange', go);
  go();
  return () => removeEventListener('hashchange', go);
}

/** A room that was just created: its key is shown once, and this tab keeps it. */
export function enterCreated(roomId: string, hostKey: string): void {
  keepHostKey(roomId, hostKey);
  createdId = roomId;
  location.hash = roomId;
}

/** Gives the place in the room back; the room stays. */
export function leave(): void {
  location.hash = '';
}

/** Asks again for the room of the address. */
export function tryAgain(): void {
  const address = readHostAddress(location.hash);
  if (address) void enter(address.roomId);
}

/** What makes others hosts; null: another tab has created the room. */
export function keptHostKey(roomId: string): string | null {
  const kept = recall(`key:${roomId}`);
  return typeof kept === 'string' ? kept : null;
}

function keepHostKey(roomId: string, hostKey: string): void {
  remember(`key:${roomId}`, hostKey);
}

/** Which room the address names. A key in it is kept, and leaves it before anything else is done. */
function takeRoomId(): string | null {
  const address = readHostAddress(location.hash);
  if (!address) return null;
  const { roomId, hostKey } = address;
  if (hostKey !== null) {
    keepHostKey(roomId, hostKey);
    history.replaceState(null, '', hostLink(roomId));
  }
  return roomId;
}

/** A reload goes straight to the room. */
function firstPlace(): Place {
  const roomId = takeRoomId();
  if (roomId === null) return { kind: 'start' };
  return { kind: 'entering', roomId, fault: null };
}

function go(): void {
  const roomId = takeRoomId();
  if (roomId === null) {
    // Another fragment is a place on the page.
    if (location.hash === '' || current.peek().kind === 'start') reset({ kind: 'start' });
    return;
  }
  const here = current.peek();
  if (here.kind === 'inside' && here.room.handle.id === roomId) return;
  void enter(roomId);
}

function reset(next: Place): number {
  clearTimeout(retry);
  giveUp.abort();
  giveUp = new AbortController();
  leaveRoom?.();
  leaveRoom = null;
  current.value = next;
  return ++visit;
}

/** `fault`: why it was not possible a moment ago; it is shown until something else is known. */
async function enter(roomId: string, fault: unknown = null): Promise<void> {
  const mine = reset({ kind: 'entering', roomId, fault });
  const { signal } = giveUp;
  try {
    const hostKey = keptHostKey(roomId);
    // Whoever is no host would come in as a player, or wait at the door.
    if (hostKey === null && createdId !== roomId) {
      const room = await client.getRoom(roomId);
      if (mine !== visit) return;
      const isHost = client.user !== null && room.hostIds.includes(client.user.id);
      if (room.closedAt !== null) return over(roomId, 'closed', null);
      if (!isHost) return over(roomId, 'not-host', room.pin);
    }
    const handle = await join({ roomId, signal, ...(hostKey === null ? {} : { hostKey }) });
    if (mine === visit) settle(handle);
    else await handle.leave();
  } catch (failed) {
    if (mine === visit) fail(roomId, failed);
  }
}

/** Who comes back keeps the name of before; the first time a host is called what a host is. */
async function join(wish: JoinOptions): Promise<RoomHandle> {
  try {
    return await client.joinRoom({ ...wish, nickname: t('role.host') });
  } catch (fault) {
    const { code, suggestion } = fault as Partial<PinroomError>;
    if (code !== 'nickname_taken' || suggestion === undefined) throw fault;
    return client.joinRoom({ ...wish, nickname: suggestion });
  }
}

function settle(handle: RoomHandle): void {
  const roomId = handle.id;
  if (!handle.isHost) {
    forget(`key:${roomId}`);
    void handle.leave();
    over(roomId, 'not-host', handle.room.pin);
    return;
  }
  const store = new RoomStore(handle);
  let room: HostRoom | null = null;
  const close = () => {
    room?.dispose();
    room = null;
  };
  const look = (reason: string | null, isHost: boolean) => {
    if (reason !== null) {
      close();
      over(roomId, reason, null);
    } else if (isHost) {
      if (room) return;
      room = new HostRoom(store);
      current.value = { kind: 'inside', room };
    } else if (room) {
      close();
      // With the key a reload would take back what was taken away or handed over.
      forget(`key:${roomId}`);
      over(roomId, 'role-lost', handle.room.pin);
    }
  };
  const stop = effect(() => {
    const reason = store.left.value;
    // Whoever is made host again has what hosts read a moment later than the role.
    const isHost = store.self.value.role === 'host' && handle.entries('log').length > 0;
    untracked(() => look(reason, isHost));
  });
  leaveRoom = () => {
    stop();
    close();
    void handle.leave();
  };
}

function over(roomId: string, reason: OverReason, pin: string | null): void {
  current.value = { kind: 'over', roomId, reason, pin };
}

function fail(roomId: string, fault: unknown): void {
  const code = fault instanceof PinroomError ? fault.code : 'internal';
  const reason = REASONS.get(code);
  if (reason !== undefined) over(roomId, reason, null);
  else {
    current.value = { kind: 'entering', roomId, fault };
    if (!PASSING.has(code)) return;
    const { retryAfterMs = 0 } = fault as Partial<PinroomError>;
    retry = setTimeout(() => void enter(roomId, fault), Math.max(RETRY_MS, retryAfterMs));
  }
}
