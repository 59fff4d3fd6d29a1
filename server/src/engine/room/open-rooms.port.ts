import type { OperatorRoom } from '@pinroom/client/contract';

/** The rooms that the stores hold and that are not over, for operators. */
export interface OpenRooms {
  /**
   * [OPEN-1] Rooms that are open or being closed, in an order that stays: by tag, and by id within it.
   * `cursor`: the id of the last room that was seen. What a page costs does not grow with the number
   * of all rooms but by what one tag has.
   */
  list(page: {
    cursor: string | null;
    limit: number;
  }): Promise<{ rooms: OperatorRoom[]; nextCursor: string | null }>;
  /** [OPEN-2] One of them; null: it is not here, or over. */
  find(roomId: string): Promise<OperatorRoom | null>;
  /** [OPEN-3] By channel the newest id that the archive has, as the store knows it; none where it does not know the room. */
  archivedIds(roomId: string): Promise<Map<string, string>>;
}
