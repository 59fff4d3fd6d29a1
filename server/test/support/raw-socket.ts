import type {
  Ack,
  CommandAnswer,
  CommandName,
  CommandPayload,
  ErrorCode,
} from '@pinroom/client/contract';
import { io, type Socket } from 'socket.io-client';
import { COMMAND_FAULTS, FAULTS_OF_ALL_COMMANDS } from '../../src/drivers/http/command-faults.js';
import { afterFile } from './after-file.js';
import { newSession } from './http-calls.js';
import { until } from './until.js';

const ANSWER_MS = 10_000;

export interface SeenEvent {
  readonly name: string;
  readonly payload: unknown;
}

/** A Socket.IO client that repairs nothing and hides nothing: what the server sends is what is seen. */
export class RawSocket {
  readonly socket: Socket;
  readonly events: SeenEvent[] = [];
  /** `data` of a refused handshake. */
  refused: unknown = null;
  /** Whether the connection was there and has ended. */
  wasClosed = false;

  constructor(url: string, auth: object, options: { namespace?: string; headers?: object } = {}) {
    const { namespace = '/', headers = {} } = options;
    this.socket = io(`${url}${namespace}`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth,
      extraHeaders: { ...headers },
    });
    this.socket.onAny((name: string, payload: unknown) => this.events.push({ name, payload }));
    this.socket.on('disconnect', () => {
      this.wasClosed = true;
    });
    this.socket.on('connect_error', (error: Error & { data?: unknown }) => {
      this.refused = error.data ?? error.message;
    });
    afterFile(() => void this.socket.disconnect());
  }

  /** The payloads of all events of this name, in the order in which they came. */
  seen<T>(name: string): T[] {
    return this.events.filter((event) => event.name === name).map(({ payload }) => payload as T);
  }

  async greeted(): Promise<this> {
    await until(() => this.seen('session:ready').length > 0 || this.refused !== null, ANSWER_MS);
    if (this.refused !== null) throw new Error(`Refused: ${JSON.stringify(this.refused)}`);
    return this;
  }

  /** Sends a command of the protocol and waits for its answer. */
  async ask<N extends CommandName>(
    name: N,
    payload: CommandPayload<N>,
  ): Promise<Ack<CommandAnswer<N>>> {
    const answer = (await this.emit(name, payload)) as Ack<CommandAnswer<N>>;
    if (!answer.ok) expectDocumented(name, answer.error.code);
    return answer;
  }

  /** Sends a command and answers its data; throws when it was refused. */
  async must<N extends CommandName>(
    name: N,
    payload: CommandPayload<N>,
  ): Promise<CommandAnswer<N>> {
    const answer = await this.ask(name, payload);
    if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
    return answer.data;
  }

  /** Sends anything, and waits for the ack. */
  emit(name: string, ...args: unknown[]): Promise<Ack<unknown>> {
    return this.socket.timeout(ANSWER_MS).emitWithAck(name, ...args) as Promise<Ack<unknown>>;
  }

  /** Sends anything without an ack. */
  tell(name: string, ...args: unknown[]): void {
    void this.socket.emit(name, ...args);
  }

  close(): void {
    this.socket.disconnect();
  }
}

/** `/asyncapi.json` says of every command what it may be refused with. */
function expectDocumented(name: CommandName, code: ErrorCode): void {
  const known: readonly ErrorCode[] = [...FAULTS_OF_ALL_COMMANDS, ...COMMAND_FAULTS[name]];
  if (!known.includes(code)) throw new Error(`COMMAND_FAULTS has no ${code} for ${name}.`);
}

/** A socket of a new user, greeted by the server. */
export async function openSocket(
  url: string,
  nickname: string,
): Promise<{ socket: RawSocket; userId: string; token: string; refreshToken: string }> {
  const { user, accessToken: token, refreshToken } = await newSession(url, nickname);
  const socket = await new RawSocket(url, { token }).greeted();
  return { socket, userId: user.id, token, refreshToken };
}

/** The code of a refusal; `ok` when it was none. */
export function codeOf(answer: Ack<unknown>): string {
  return answer.ok ? 'ok' : answer.error.code;
}
