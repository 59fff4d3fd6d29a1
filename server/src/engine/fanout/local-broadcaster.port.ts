/** Hands a client's frame to all sockets of this node that have joined a room's topic. */
export interface LocalBroadcaster {
  /** [CAST-1] Keeps the order of calls, also against single sockets' own messages. Never throws. */
  broadcast(roomId: string, clientFrame: Uint8Array): void;
}
