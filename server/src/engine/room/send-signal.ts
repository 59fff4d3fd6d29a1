import { type CommandPayload, channelUser, type Role } from '@pinroom/client/contract';
import type { Caller } from '../auth/caller.port.js';
import type { FanoutBus } from '../fanout/fanout-bus.port.js';
import { clientFrame, composeFrame } from '../fanout/frame.port.js';
import { AppError } from '../runtime/app-error.js';
import type { Clock } from '../runtime/clock.js';
import type { Metrics } from '../runtime/metrics.js';
import { Pace, type PaceLimit } from '../runtime/pace.js';
import { rateLimited } from '../runtime/rate-limited.js';
import { RecentMap } from '../runtime/recent-map.js';
import type { RoomAccess } from './access.js';
import { payloadJson } from './payload.js';
import type { LiveRoom } from './room-record.port.js';

export interface SignalParts {
  /** Of one user in one room. */
  readonly pace: PaceLimit;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

const MAX_PACES = 10_000;

/** Sends signals: events for those who are there now, kept nowhere. */
export class SignalSender {
  readonly #access: RoomAccess;
  readonly #bus: FanoutBus;
  readonly #parts: SignalParts;
  /** By room and user, over all sockets here. */
  readonly #paces = new RecentMap<Pace>(MAX_PACES);

  constructor(access: RoomAccess, bus: FanoutBus, parts: SignalParts) {
    this.#access = access;
    this.#bus = bus;
    this.#parts = parts;
  }

  async send(caller: Caller, wish: CommandPayload<'room:signal'>): Promise<void> {
    const to = wish.to ?? 'room';
    const payload = payloadJson(wish.payload);
    const { room, role, muted, nickname } = await this.#access.of(caller, wish.roomId);
    if (room.closedAt !== null) throw new AppError('room_closed');
    if (muted) throw new AppError('muted');
    const isAllowed = maySignal(to, role, room) && fitsTypes(wish.type, role, room);
    if (!isAllowed || !(await this.#isReachable(to, room.id))) {
      throw new AppError('forbidden', 'You may not send signals there.');
    }
    this.#holdToPace(`${wish.roomId} ${caller.userId}`);
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

  /** One member alone can be spoken to only while being one. */
  async #isReachable(to: string, roomId: string): Promise<boolean> {
    const addressee = channelUser(to);
    if (addressee === null) return true;
    return (await this.#access.rights(roomId, [addressee])).members.length > 0;
  }

  #holdToPace(who: string): void {
    const { clock, metrics, pace } = this.#parts;
    const retryAfterMs = this.#paces.use(who, () => new Pace()).take(clock.now(), pace);
    if (retryAfterMs === 0) return;
    throw rateLimited(metrics, 'signals', retryAfterMs);
  }
}

function fitsTypes(type: string, role: Role, { settings }: LiveRoom): boolean {
  return settings.typesByRole[role]?.includes(type) ?? true;
}

/** The channels' rules hold for signals too. */
function maySignal(to: string, role: Role, room: LiveRoom): boolean {
  if (to === 'host' || role === 'host') return true;
  if (channelUser(to) !== null) return false;
  return role === 'player' && room.settings.playersMaySend;
}
