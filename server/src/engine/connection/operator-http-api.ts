import type {
  CommandPayload,
  EntryPage,
  NodeList,
  OperatorRoom,
  OperatorRoomList,
  OperatorRoomView,
  SystemEventType,
  SystemLogPage,
} from '@pinroom/client/contract';
import type { SystemLogFollowers } from '../history/follow-system-log.js';
import type { SystemLogQuestion, SystemLogReader } from '../history/read-system-log.js';
import type { RoomInspector } from '../room/inspect-room.js';
import type { OpenRooms } from '../room/open-rooms.port.js';
import type { PinRegistry } from '../room/pin-registry.port.js';
import type { RoomArchive } from '../room/room-archive.port.js';
import type { RoomDirectory } from '../room/room-directory.js';
import type { NodeDirectory } from '../runtime/node-directory.port.js';
import type { LogFollower, OperatorApi } from './operator-api.port.js';

export interface OperatorHttpApiParts {
  readonly log: SystemLogReader;
  readonly followers: SystemLogFollowers;
  readonly rooms: OpenRooms;
  readonly inspector: RoomInspector;
  readonly pins: Pick<PinRegistry, 'lookup'>;
  readonly directory: Pick<RoomDirectory, 'byId'>;
  readonly archive: Pick<RoomArchive, 'findRoomByPin'>;
  readonly nodes: Pick<NodeDirectory, 'listLiving'>;
}

/** What HTTP does for operators. */
export class OperatorHttpApi implements OperatorApi {
  readonly #parts: OperatorHttpApiParts;

  constructor(parts: OperatorHttpApiParts) {
    this.#parts = parts;
  }

  readLog(question: SystemLogQuestion): Promise<SystemLogPage> {
    return this.#parts.log.read(question);
  }

  followLog(after: string | null, type: SystemEventType | null): Promise<LogFollower> {
    return this.#parts.followers.open(after, type);
  }

  async listRooms(page: {
    pin: string | null;
    cursor: string | null;
    limit: number;
  }): Promise<OperatorRoomList> {
    if (page.pin === null) return this.#parts.rooms.list(page);
    const room = await this.#behind(page.pin);
    return { rooms: room ? [room] : [], nextCursor: null };
  }

  viewRoom(
    roomId: string,
    page: { cursor: string | null; limit: number },
  ): Promise<OperatorRoomView> {
    return this.#parts.inspector.view(roomId, page);
  }

  readEntries(question: CommandPayload<'room:history'>): Promise<EntryPage> {
    return this.#parts.inspector.entries(question);
  }

  closeRoom(roomId: string): Promise<void> {
    return this.#parts.inspector.close(roomId);
  }

  async listNodes(): Promise<NodeList> {
    return { nodes: await this.#parts.nodes.listLiving() };
  }

  /** An operator is no guesser: nothing is counted. */
  async #behind(pin: string): Promise<OperatorRoom | null> {
    const { archive, directory, pins, rooms } = this.#parts;
    const found = await pins.lookup(pin);
    let roomId = found.kind === 'room' ? found.roomId : null;
    // The index went with the data of Redis.
    if (found.kind === 'unknown') roomId = (await archive.findRoomByPin(pin))?.id ?? null;
    // Open, but nobody has needed it since the store lost its data: it comes back first.
    if (roomId === null || !(await directory.byId(roomId))) return null;
    const room = await rooms.find(roomId);
    return room?.pin === pin ? room : null;
  }
}
