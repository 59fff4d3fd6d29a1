import type {
  Entry,
  Member,
  Role,
  Room,
  ServerEventName,
  ServerEvents,
} from '@pinroom/client/contract';

/** What a local room needs of a client's socket. */
export interface SeatSocket {
  readonly id: string;
  emit<N extends ServerEventName>(event: N, payload: ServerEvents[N]): void;
  sendFrame(clientFrame: string): void;
  leaveTopic(roomId: string): void;
}

/** One socket of this node in one room. */
export interface LocalSeat {
  readonly userId: string;
  /** The process life under which the store has the seat. */
  readonly life: string;
  /** In this room. */
  nickname: string;
  /** Where the user comes from, see runtime/network.ts. */
  readonly network: string;
  readonly socket: SeatSocket;
  role: Role;
  muted: boolean;
  /** Is told when the server takes the seat away: kicked, closed, left elsewhere. */
  readonly holder: { onRemoved(roomId: string): void };
}

/** A room's rights, as delivering needs them. */
export interface DeliveryRights {
  readonly room: Room;
  /** Higher than before: the room's data began a new life. */
  readonly epoch: number;
  readonly presenceVersion: number;
  readonly stateVersion: number;
  /** Of the users asked for, those who are members. */
  readonly roles: ReadonlyMap<string, Role>;
}

/** What a local room asks of the stages around it. */
export interface LocalRoomSources {
  /** Null: the room is gone. */
  rights(roomId: string, userIds: readonly string[]): Promise<DeliveryRights | null>;
  /**
   * Gives seats back that the store has lost with its data; those whom the room refuses now are left
   * out, and found missing among the rights.
   */
  restoreSeats(roomId: string, seats: readonly LocalSeat[]): Promise<void>;
  /** Who waits at the door, and at which `rev` of the room; null: the room is gone. */
  waiting(roomId: string): Promise<{ readonly waiting: Member[]; readonly rev: number } | null>;
  tops(roomId: string): Promise<ReadonlyMap<string, string>>;
  /** Entries after `after` (null: from the beginning), oldest first, wherever they are kept. */
  missing(
    roomId: string,
    channel: string,
    after: string | null,
    limit: number,
  ): Promise<readonly Entry[]>;
}
