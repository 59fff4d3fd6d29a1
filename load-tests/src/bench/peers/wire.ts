/** What a peer is asked, over Socket.IO's wire format: the same that Pinroom is. */
export interface PeerCommands {
  'room:join': { readonly roomId: string };
  'room:send': {
    readonly roomId: string;
    readonly type: string;
    readonly payload: unknown;
    readonly key?: string;
  };
}

/** An entry as long as Pinroom's, so that all send frames of the same length. */
export function peerEntry(
  roomId: string,
  seq: number,
  { type, payload, key }: PeerCommands['room:send'],
): object {
  return {
    id: `1764000000000-${seq}`,
    at: Date.now(),
    roomId,
    channel: 'room',
    type,
    from: { userId: '0192f0c1-2b3c-7d4e-8f50-a1b2c3d4e5f6', nickname: 'Player 00' },
    key,
    payload,
  };
}
