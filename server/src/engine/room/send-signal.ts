import { type CommandPayload, channelUser, type Role } from '@pinroom/client/contract';
import type { Caller } from '../auth/caller.port.js';
import type { FanoutBus } from '../fanout/fanout-bus.port.js';
import { clientFrame, composeFrame } from '../fanout/frame.port.js';
import { AppError } from '../runtime/app-error.js';
import type { RoomAccess } from './access.js';
import { payloadJson } from './payload.js';
import type { LiveRoom } from './room-record.port.js';

/** Sends signals: events for those who are there now, kept nowhere. */
export class SignalSender {
  readonly #access: RoomAccess;
  readonly #bus: FanoutBus;

  constructor(access: RoomAccess, bus: FanoutBus) {
    this.#access = access;
    this.#bus = bus;
  }

  async send(caller: Caller, wish: CommandPayload<'room:signal'>): Promise<void> {
    const to = wish.to ?? 'room';
    const payload = payloadJson(wish.payload);
    const { room, role, muted, nickname } = await this.#access.of(caller, wish.roomId);
    if (room.closedAt !== null) throw new AppError('room_closed');
    if (muted) throw new AppError('muted');
    if (!maySignal(to, role, room)) {
      throw new AppError('forbidden', 'You may not send signals there.');
    }
    const head = JSON.stringify({
      roomId: wish.roomId,
      to,
      type: wish.type,
      from: { userId: caller.userId, nickname: nickname ?? caller.nickname },
    });
    const json = `${head.slice(0, -1)},"payload":${payload}}`;
    await this.#bus.publish(
      wish.roomId,
      composeFrame(`s ${room.rev} ${to}`, clientFrame('room:signal', json)),
    );
  }
}

/** The channels' rules hold for signals too. */
function maySignal(to: string, role: Role, room: LiveRoom): boolean {
  if (to === 'host' || role === 'host') return true;
  if (channelUser(to) !== null) return false;
  return role === 'player' && room.settings.playersMaySend;
}
