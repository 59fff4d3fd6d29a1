import {
  COMMAND_SCHEMAS,
  type CommandName,
  type CommandPayload,
  type Schema,
} from '@pinroom/client/contract';
import type { ApplicationCaller, Caller } from '../auth/caller.port.js';
import type { DoorKeeper } from '../room/admit-waiting.js';
import type { HostCommands } from '../room/host-commands.js';
import type { JoiningSocket, RoomJoiner } from '../room/join-room.js';
import type { MemberKicker } from '../room/kick-member.js';
import type { RoomLeaver } from '../room/leave-room.js';
import type { MemberCommands } from '../room/member-commands.js';
import type { RoomOpener } from '../room/open-room.js';
import type { StatePatcher } from '../room/patch-state.js';
import type { RoomReader } from '../room/read-room.js';
import type { PinReplacer } from '../room/replace-pin.js';
import type { EntrySender } from '../room/send-entry.js';
import type { SignalSender } from '../room/send-signal.js';
import { AppError } from '../runtime/app-error.js';
import type { SchemaChecker } from '../runtime/schema-checker.port.js';
import type { Turnstile } from '../runtime/turnstile.js';
import type { Places } from './places.js';

export interface RouterParts {
  readonly checker: SchemaChecker;
  readonly opener: RoomOpener;
  readonly joiner: RoomJoiner;
  readonly leaver: RoomLeaver;
  readonly sender: EntrySender;
  readonly signals: SignalSender;
  readonly reader: RoomReader;
  readonly hosts: HostCommands;
  readonly kicker: MemberKicker;
  readonly pinReplacer: PinReplacer;
  readonly doorKeeper: DoorKeeper;
  readonly states: StatePatcher;
  readonly people: MemberCommands;
  /** Through which joins go: each reads and answers much. */
  readonly turnstile: Turnstile;
}

/** The side of a connection that joining and leaving change. */
export interface SeatHolder {
  readonly socket: JoiningSocket;
  readonly places: Places;
  /** Whether the client is still there. */
  isOpen(): boolean;
  /** Joins, leaves and the closing of one socket happen one after the other. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/** From a parsed command to the use case behind it. */
export class CommandRouter {
  readonly #parts: RouterParts;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  /** Whether the protocol has a command of this name. */
  knows(name: string): name is CommandName {
    return Object.hasOwn(COMMAND_SCHEMAS, name);
  }

  /**
   * Runs a command and answers its `data`. `holder` is the socket that it came over; null: HTTP,
   * where joining and leaving have no meaning.
   */
  async run(
    caller: Caller | ApplicationCaller,
    name: CommandName,
    payload: unknown,
    holder: SeatHolder | null,
  ): Promise<unknown> {
    const { doorKeeper, hosts, kicker, opener, people } = this.#parts;
    const { pinReplacer, reader, sender, signals, states } = this.#parts;
    switch (name) {
      case 'room:send':
        return sender.send(caller, this.#check(name, payload));
      case 'room:history':
        return reader.history(caller, this.#check(name, payload));
      case 'room:update':
        return hosts.update(caller, this.#check(name, payload));
      case 'room:kick':
        await kicker.kick(caller, this.#check(name, payload));
        return {};
      case 'room:state':
        return states.patch(caller, this.#check(name, payload));
      case 'room:rename':
        return people.rename(person(caller), this.#check(name, payload));
      case 'room:mute':
        await people.mute(person(caller), this.#check(name, payload));
        return {};
      case 'room:host':
        return people.changeHost(person(caller), this.#check(name, payload));
      case 'room:close':
        await hosts.close(caller, this.#check(name, payload).roomId);
        return {};
      case 'room:admit':
        await doorKeeper.admit(caller, this.#check(name, payload));
        return {};
      case 'room:new-pin':
        return pinReplacer.replace(person(caller), this.#check(name, payload));
      case 'room:create':
        return opener.open(person(caller), this.#check(name, payload));
      case 'room:members':
        return reader.members(person(caller), this.#check(name, payload));
      case 'room:signal':
        await signals.send(person(caller), this.#check(name, payload));
        return {};
      case 'room:join':
        return this.#join(person(caller), this.#check(name, payload), onSocket(holder));
      case 'room:leave':
        return this.#leave(this.#check(name, payload), onSocket(holder));
      default:
        return name satisfies never;
    }
  }

  #leave(wish: CommandPayload<'room:leave'>, holder: SeatHolder): Promise<unknown> {
    return holder.exclusively(async () => {
      const { leaver } = this.#parts;
      const place = holder.places.takeWait(wish.roomId);
      if (place) {
        await leaver.leave(place);
        return {};
      }
      const seat = holder.places.takeSeat(wish.roomId);
      if (!seat) throw new AppError('not_in_room');
      holder.socket.leaveTopic(wish.roomId);
      await (wish.everywhere ? leaver.leaveEverywhere(seat) : leaver.leave(seat));
      return {};
    });
  }

  #join(caller: Caller, wish: CommandPayload<'room:join'>, holder: SeatHolder): Promise<unknown> {
    const { turnstile } = this.#parts;
    return holder.exclusively(() => turnstile.run(() => this.#sit(caller, wish, holder)));
  }

  async #sit(
    caller: Caller,
    wish: CommandPayload<'room:join'>,
    holder: SeatHolder,
  ): Promise<unknown> {
    const { joiner } = this.#parts;
    if (!holder.isOpen()) throw new AppError('unavailable', 'The socket was closed meanwhile.');
    const { seat, answer } = await joiner.join(caller, holder.socket, wish, holder.places);
    // A socket that was closed meanwhile gives all its seats back, this one too, right after.
    holder.places.sit(seat);
    return answer;
  }

  #check<N extends CommandName>(name: N, payload: unknown): CommandPayload<N> {
    const schema: Schema = COMMAND_SCHEMAS[name];
    return this.#parts.checker.check(schema, payload) as CommandPayload<N>;
  }
}

function person(caller: Caller | ApplicationCaller): Caller {
  if (caller.kind === 'user') return caller;
  throw new AppError('forbidden', 'This needs a user, an API key is none.');
}

function onSocket(holder: SeatHolder | null): SeatHolder {
  if (holder) return holder;
  throw new AppError('bad_request', 'This command needs a Socket.IO connection.');
}
