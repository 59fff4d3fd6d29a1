/**
 * Brings every frame of a room to every node that holds a socket of the room, the sender's too, in
 * one order. Frames may get lost when a connection to the bus does; the engine finds and fills that.
 */
export interface FanoutBus {
  /** [BUS-1] Who gets the frames. Set once, before the first subscription. */
  onFrame(handler: (roomId: string, raw: Uint8Array) => void): void;
  /**
   * [BUS-4] Called when frames may be missing: the subscriptions were interrupted, or the bus was
   * silent, and they are active again. Silence is found within 6 s. Set once.
   */
  onInterrupted(handler: () => void): void;
  /**
   * [BUS-2] Resolves when the subscription of a room that a local socket has joined is active:
   * every frame published from now on arrives. Rejects with `unavailable`.
   */
  whenSubscribed(roomId: string): Promise<void>;
  /** [BUS-5] The same of a room's door that a local socket has joined; its frames come as the room's do. */
  whenAtDoor(roomId: string): Promise<void>;
  /** [BUS-3] Publishes a frame that nothing keeps (a signal). Resolves when the bus has taken it. */
  publish(roomId: string, raw: Uint8Array): Promise<void>;
}
