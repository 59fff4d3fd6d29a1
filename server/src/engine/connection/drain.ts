import type { Clock } from '../runtime/clock.js';

/** Told in one go; then others have their turn. */
const TOLD_AT_ONCE = 500;
/** Closed in one go where nobody else is there to take them. */
const CLOSED_AT_ONCE = 100;
const STEP_MS = 20;

/** A socket as a drain needs it. */
export interface DrainedSocket {
  announceDrain(reconnectInMs: number): void;
  disconnect(): void;
}

export interface DrainPace {
  /** Over this time they come back, evenly. */
  readonly spreadMs: number;
  /** Whether other nodes go on: then each socket stays until its time has come. */
  readonly isTakenOver: boolean;
  readonly clock: Clock;
}

/**
 * Lets sockets go. All are told at once when to come back. Where another node takes them, each is
 * closed when its time has come and is away for a moment only; where none does, all are closed now:
 * the sooner this node has gone, the sooner it is back.
 */
export async function letGo(sockets: readonly DrainedSocket[], pace: DrainPace): Promise<void> {
  const { clock, isTakenOver, spreadMs } = pace;
  const startedAt = clock.now();
  const passedMs = () => Math.max(0, clock.now() - startedAt);
  const count = sockets.length;
  for (const [n, socket] of sockets.entries()) {
    if (n > 0 && n % TOLD_AT_ONCE === 0) await clock.sleep(0);
    socket.announceDrain(Math.max(0, Math.floor((spreadMs * n) / count - passedMs())));
  }
  for (let closed = 0; closed < count; ) {
    const passed = passedMs();
    const share = passed < spreadMs ? passed / spreadMs : 1;
    const due = isTakenOver ? Math.floor(share * (count - 1)) + 1 : closed + CLOSED_AT_ONCE;
    for (const socket of sockets.slice(closed, due)) socket.disconnect();
    closed = Math.max(closed, due);
    if (closed < count) await clock.sleep(STEP_MS);
  }
}
