import { type CommandPayload, LIMITS, mergePatch, type RoomState } from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import { AppError, unavailable } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import { Turnstile } from '../runtime/turnstile.js';
import { hostedRoom, type RoomAccess } from './access.js';
import { payloadJson } from './payload.js';
import type { KeptState, RoomStateStore, StateOutcome } from './room-state-store.port.js';

/** Patches of other nodes that may come between before a caller is told to try again. */
const MAX_ATTEMPTS = 50;
/** A node's patches of one room go one after the other: begun together, all but one would be in vain. */
const LINE = {
  name: 'The state of the room',
  atOnce: 1,
  handOverMs: 200,
  maxWaiting: 500,
  maxWaitMs: 3_000,
  impatientMs: 0,
} as const;

interface Line {
  readonly turnstile: Turnstile;
  /** Patches that run or wait. */
  size: number;
}

/**
 * Reads and patches the document that the members of a room share. A patch is merged here and written only
 * where its base is still the newest: what several hosts change at once is applied one after the other.
 */
export class StatePatcher {
  readonly #access: RoomAccess;
  readonly #states: RoomStateStore;
  readonly #clock: Clock;
  readonly #lines = new Map<string, Line>();

  constructor(access: RoomAccess, states: RoomStateStore, clock: Clock) {
    this.#access = access;
    this.#states = states;
    this.#clock = clock;
  }

  /** The state, for members; also after the room was closed. */
  async read(caller: Caller | ApplicationCaller, roomId: string): Promise<RoomState> {
    await this.#access.of(caller, roomId);
    return toState(await this.#current(roomId));
  }

  async patch(
    caller: Caller | ApplicationCaller,
    { roomId, patch, ifVersion }: CommandPayload<'room:state'>,
  ): Promise<{ version: number }> {
    const patchJson = payloadJson(patch);
    await hostedRoom(this.#access, caller, roomId);
    const userId = caller.kind === 'user' ? caller.userId : null;
    return this.#inLine(roomId, () => this.#write(roomId, userId, patchJson, ifVersion));
  }

  async #write(
    roomId: string,
    userId: string | null,
    patchJson: string,
    ifVersion: number | undefined,
  ): Promise<{ version: number }> {
    // As the text has it: clients merge what they read from it, so both ends come to the same.
    const patch: unknown = JSON.parse(patchJson);
    let current = await this.#current(roomId);
    for (let attempt = 1; ; attempt++) {
      if (ifVersion !== undefined && ifVersion !== current.version) throw moved(current);
      const base = current.version;
      const json = sizedJson(mergePatch(JSON.parse(current.json), patch));
      const outcome = await this.#states.write({ roomId, userId, base, json, patchJson });
      if (outcome.kind === 'written') return { version: outcome.version };
      current = newer(outcome);
      if (attempt === MAX_ATTEMPTS) throw moved(current);
    }
  }

  async #current(roomId: string): Promise<KeptState> {
    const current = await this.#states.read(roomId);
    // It was there a moment ago.
    if (!current) throw unavailable('The room');
    return current;
  }

  async #inLine<T>(roomId: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(roomId) ?? {
      turnstile: new Turnstile({ ...LINE, clock: this.#clock }),
      size: 0,
    };
    this.#lines.set(roomId, line);
    line.size += 1;
    try {
      return await line.turnstile.run(work);
    } finally {
      line.size -= 1;
      if (line.size === 0) this.#lines.delete(roomId);
    }
  }
}

/** A state as people see it. */
export function toState({ version, json }: KeptState): RoomState {
  return { version, value: JSON.parse(json) };
}

function newer(outcome: Exclude<StateOutcome, { kind: 'written' }>): KeptState {
  if (outcome.kind === 'stale') return outcome.current;
  // It was there a moment ago.
  if (outcome.kind === 'absent') throw unavailable('The room');
  const options = outcome.code === 'backlog_full' ? { retryAfterMs: 1_000 } : {};
  throw new AppError(outcome.code, undefined, options);
}

function moved({ version }: KeptState): AppError {
  return new AppError('conflict', `The state has moved on: it is at version ${version}.`);
}

function sizedJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (Buffer.byteLength(json) <= LIMITS.stateBytes) return json;
  const message = `The state would be larger than ${LIMITS.stateBytes} bytes.`;
  throw new AppError('payload_too_large', message);
}
