import type {
  CommandPayload,
  EntryPage,
  NodeList,
  OperatorRoomList,
  OperatorRoomView,
  SystemEntry,
  SystemEventType,
  SystemLogPage,
} from '@pinroom/client/contract';

/** Somebody who follows the log of the system; whoever opened it closes it. */
export interface LogFollower {
  /** The next entries; none when none came for `ms`; null once it is over. */
  next(ms: number): Promise<readonly SystemEntry[] | null>;
  /** May be called twice. */
  close(): void;
}

/** What HTTP does for operators. Everything rejects with an AppError. */
export interface OperatorApi {
  readLog(question: {
    before: string | null;
    after: string | null;
    limit: number;
    type: SystemEventType | null;
  }): Promise<SystemLogPage>;
  /** From behind `after`, or from now on. */
  followLog(after: string | null, type: SystemEventType | null): Promise<LogFollower>;
  /** Rooms that are open or being closed; with a PIN the one that has it. */
  listRooms(page: {
    pin: string | null;
    cursor: string | null;
    limit: number;
  }): Promise<OperatorRoomList>;
  /** One room, open or closed, and a page of its members; without what is said in it. */
  viewRoom(
    roomId: string,
    page: { cursor: string | null; limit: number },
  ): Promise<OperatorRoomView>;
  /** What is said in a channel of a room. That somebody looked is written down. */
  readEntries(question: CommandPayload<'room:history'>): Promise<EntryPage>;
  /** Closes a room as a host would, with a word in the logs of the room and the system. */
  closeRoom(roomId: string): Promise<void>;
  /** Those that live. */
  listNodes(): Promise<NodeList>;
}
