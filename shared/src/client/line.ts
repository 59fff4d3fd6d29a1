import type { Ack } from '../codes.js';
import type { CommandAnswer, CommandName, CommandPayload } from '../commands.js';
import type { ServerEvents } from '../events.js';
import type { ClientClock } from './client-clock.js';
import { fromWire, PinroomError } from './errors.js';
import type { OpenSocket, SocketLine } from './socket-line.js';

/** From opening to `session:ready`. */
const HANDSHAKE_MS = 15_000;
/** So many answers overdue in a row, and nothing heard meanwhile: the line is dead. */
const MAX_OVERDUE = 2;

export type LineEnd =
  | { readonly kind: 'lost' }
  /** The node stops, and said when to come back; on the monotonic clock. */
  | { readonly kind: 'draining'; readonly reconnectAt: number }
  | { readonly kind: 'session-ended'; readonly reason: string };

export interface LineOptions {
  readonly url: string;
  readonly token: string;
  readonly openSocket: OpenSocket;
  readonly clock: ClientClock;
  /** `askedAt`: when the handshake was sent, on the monotonic clock. */
  readonly onReady: (ready: ServerEvents['session:ready'], askedAt: number) => void;
  /** Everything that is not about the line itself. */
  readonly onEvent: (name: string, payload: unknown) => void;
  /** Called once, before the open requests fail. */
  readonly onEnd: (end: LineEnd) => void;
}

interface Settle {
  resolve(): void;
  reject(error: PinroomError): void;
}

/**
 * One connection, from handshake to end. States: `opening` → `ready` → `closed`; a line that fails
 * while it opens goes to `closed` without `onEnd`. Only `#close` ends it.
 */
export class Line {
  readonly #options: LineOptions;
  readonly #socket: SocketLine;
  readonly #pending = new Set<(error: PinroomError) => void>();
  readonly #cancelDeadline: () => void;
  readonly #settle: Settle;
  /** Resolves when the server has greeted; rejects with the reason of a refusal. */
  readonly opened: Promise<void>;
  #state: 'opening' | 'ready' | 'closed' = 'opening';
  #askedAt: number;
  #end: LineEnd = { kind: 'lost' };
  #overdue = 0;

  constructor(options: LineOptions) {
    const { clock, url, token } = options;
    this.#options = options;
    this.#askedAt = clock.monotonic();
    let settle: Settle = { resolve() {}, reject() {} };
    this.opened = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#settle = settle;
    this.#socket = options.openSocket(url, () => {
      this.#askedAt = clock.monotonic();
      return { token };
    });
    this.#socket.onEvent((name, payload) => this.#receive(name, payload));
    this.#cancelDeadline = clock.after(HANDSHAKE_MS, () => {
      this.#close(new PinroomError('timeout', 'The server does not greet.'));
    });
  }

  /** Asks and waits for the answer, at most `timeoutMs`. Rejects with PinroomErrors alone. */
  request<N extends CommandName>(
    name: N,
    payload: CommandPayload<N>,
    timeoutMs: number,
  ): Promise<CommandAnswer<N>> {
    if (this.#state !== 'ready') return Promise.reject(new PinroomError('offline'));
    return new Promise((resolve, reject) => {
      const fail = (error: PinroomError) => {
        cancel();
        this.#pending.delete(fail);
        reject(error);
      };
      const cancel = this.#options.clock.after(timeoutMs, () => {
        fail(new PinroomError('timeout'));
        this.#overdue++;
        if (this.#overdue >= MAX_OVERDUE) this.#close(new PinroomError('offline'));
      });
      this.#pending.add(fail);
      this.#socket.emit(name, payload, (answer) => {
        this.#overdue = 0;
        if (!this.#pending.has(fail)) return;
        const ack = answer as Ack<CommandAnswer<N>> | null;
        if (ack?.ok !== true) return fail(fromWire(ack?.error));
        cancel();
        this.#pending.delete(fail);
        resolve(ack.data);
      });
    });
  }

  close(): void {
    this.#close(new PinroomError('stopped'));
  }

  #receive(name: string, payload: unknown): void {
    this.#overdue = 0;
    switch (name) {
      case 'connect_error':
        // Without data it is the transport's failure, not the server's answer.
        this.#close(payload ? fromWire(payload) : new PinroomError('offline'));
        break;
      case 'disconnect':
        this.#close(new PinroomError('offline'));
        break;
      case 'session:ready':
        this.#greeted(payload as ServerEvents['session:ready']);
        break;
      case 'session:ended': {
        const { reason } = payload as ServerEvents['session:ended'];
        this.#end = { kind: 'session-ended', reason };
        this.#close(new PinroomError('session_ended'));
        break;
      }
      case 'server:draining': {
        const { reconnectInMs } = payload as ServerEvents['server:draining'];
        const reconnectAt = this.#options.clock.monotonic() + reconnectInMs;
        this.#end = { kind: 'draining', reconnectAt };
        break;
      }
      default:
        this.#options.onEvent(name, payload);
    }
  }

  #greeted(ready: ServerEvents['session:ready']): void {
    if (this.#state !== 'opening') return;
    this.#state = 'ready';
    this.#cancelDeadline();
    this.#options.onReady(ready, this.#askedAt);
    this.#settle.resolve();
  }

  #close(error: PinroomError): void {
    if (this.#state === 'closed') return;
    const wasReady = this.#state === 'ready';
    this.#state = 'closed';
    this.#cancelDeadline();
    this.#socket.close();
    if (wasReady) this.#options.onEnd(this.#end);
    else this.#settle.reject(error);
    const lost = error.code === 'stopped' ? error : new PinroomError('offline');
    for (const fail of [...this.#pending]) fail(lost);
  }
}
