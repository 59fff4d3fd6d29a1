import { roomTopic } from '../../engine/fanout/topic.port.js';
import { connectionOf, type PinroomServer } from './engine-io-internals.js';
import type { UwsWebSocket } from './uws-native.js';

/** Share of the limit that is published to a room between two looks at its sockets. */
const LOOK_SHARE = 1 / 4;
/** Share of the limit from which a socket that then breaks off was too slow. */
const BEHIND_SHARE = 1 / 2;
/** What a connection that just ended closes with: broken by its peer, or cut for not reading. */
const BROKEN_OFF = 1006;

/**
 * Knows which sockets were cut for not reading. The older native build tells neither that it
 * dropped a publish nor how much was unsent when it closes; so a room's sockets are looked at each
 * time a part of the limit was published to it, which is rare. Whoever is above the limit then was
 * far behind at the last look.
 */
export class UwsBacklog {
  readonly #io: PinroomServer;
  readonly #maxBufferedBytes: number;
  /** By the adapter's set of a room, which goes with the room: bytes published since the last look. */
  readonly #published = new WeakMap<ReadonlySet<string>, number>();
  readonly #behind = new WeakSet<UwsWebSocket>();

  constructor(io: PinroomServer, maxBufferedBytes: number) {
    this.#io = io;
    this.#maxBufferedBytes = maxBufferedBytes;
  }

  /** To be called after each publish. */
  published(roomId: string, bytes: number): void {
    const ids = this.#io.of('/').adapter.rooms.get(roomTopic(roomId));
    if (!ids) return;
    const before = this.#published.get(ids) ?? 0;
    const limit = this.#maxBufferedBytes * LOOK_SHARE;
    this.#published.set(ids, before + bytes);
    // Publishes are written at the end of the loop's turn, right before this; a cut follows it.
    if (before < limit && before + bytes >= limit) setImmediate(() => this.#look(ids));
  }

  /** Notes how far behind a socket is. */
  note(socket: UwsWebSocket): void {
    if (unsentBytes(socket) > this.#maxBufferedBytes * BEHIND_SHARE) this.#behind.add(socket);
    else this.#behind.delete(socket);
  }

  /** Everything that was sent to it is with the system. */
  caughtUp(socket: UwsWebSocket): void {
    this.#behind.delete(socket);
  }

  /** Whether a socket that closed with this code was cut. */
  wasCut(socket: UwsWebSocket, code: number): boolean {
    return code === BROKEN_OFF && this.#behind.has(socket);
  }

  #look(ids: ReadonlySet<string>): void {
    this.#published.set(ids, 0);
    const { sockets } = this.#io.of('/');
    for (const id of ids) {
      const socket = sockets.get(id);
      if (socket) this.note(connectionOf(socket).transport.socket as UwsWebSocket);
    }
  }
}

/** A closed one throws at any use. */
function unsentBytes(socket: UwsWebSocket): number {
  try {
    return socket.getBufferedAmount();
  } catch {
    return 0;
  }
}
