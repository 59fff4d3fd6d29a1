import type { HostState, Member, ServerEvents } from '@pinroom/client/contract';
import type { Clock } from '../runtime/clock.js';
import type { Frame } from './frame.port.js';

/** For how long changes are gathered into one event. */
const GATHER_MS = 200;

type PresenceFrame = Extract<Frame, { kind: 'presence' }>;
export type PresenceEvent = ServerEvents['room:presence'];

/** Gathers a room's presence changes and hands them on as one event. */
export class PresenceGatherer {
  readonly #roomId: string;
  readonly #clock: Clock;
  readonly #flushed: (event: PresenceEvent | null) => void;
  readonly #joined = new Map<string, Member>();
  readonly #changed = new Map<string, Member>();
  readonly #left = new Set<string>();
  #version: number;
  #memberCount = 0;
  #hostState: HostState = 'away';
  #missedSome = false;
  #timer: { cancel(): void } | undefined;

  /** @param flushed gets the event, or null when changes were missed and have to be fetched. */
  constructor(
    roomId: string,
    version: number,
    clock: Clock,
    flushed: (event: PresenceEvent | null) => void,
  ) {
    this.#roomId = roomId;
    this.#version = version;
    this.#clock = clock;
    this.#flushed = flushed;
  }

  /** The newest version that was gathered. */
  get version(): number {
    return this.#version;
  }

  add(frame: PresenceFrame): void {
    if (frame.version <= this.#version) return;
    if (frame.version > this.#version + 1) this.#missedSome = true;
    this.#version = frame.version;
    this.#memberCount = frame.memberCount;
    this.#hostState = frame.hostState;
    this.#apply(frame.delta);
    this.#timer ??= this.#clock.after(GATHER_MS, () => this.#flush());
  }

  /** Starts from another version: what was gathered is void. */
  reset(version: number): void {
    this.stop();
    this.#version = version;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#clear();
  }

  #apply({ changed, joined, left }: PresenceFrame['delta']): void {
    if (left !== undefined) {
      this.#joined.delete(left);
      this.#changed.delete(left);
      this.#left.add(left);
    }
    if (joined) {
      this.#left.delete(joined.userId);
      this.#joined.set(joined.userId, joined);
    }
    if (changed) {
      const kind = this.#joined.has(changed.userId) ? this.#joined : this.#changed;
      kind.set(changed.userId, changed);
    }
  }

  #flush(): void {
    this.#timer = undefined;
    const event: PresenceEvent | null = this.#missedSome
      ? null
      : {
          roomId: this.#roomId,
          version: this.#version,
          memberCount: this.#memberCount,
          joined: [...this.#joined.values()],
          changed: [...this.#changed.values()],
          left: [...this.#left],
          hostState: this.#hostState,
        };
    this.#clear();
    this.#flushed(event);
  }

  #clear(): void {
    this.#joined.clear();
    this.#changed.clear();
    this.#left.clear();
    this.#missedSome = false;
  }
}
