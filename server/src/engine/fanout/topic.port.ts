import { tagOf } from '../runtime/random.js';

const TOPIC = /^[rd]:\{[0-9a-f]{2}\}:(.+)$/;

/**
 * The Socket.IO room of a Pinroom room. Its hash tag puts the room's shard channel into the slot of
 * the room's keys, so that one script can write and publish.
 */
export function roomTopic(roomId: string): string {
  return `r:{${tagOf(roomId)}}:${roomId}`;
}

/**
 * The Socket.IO room of those who wait at a room's door. It brings the door's frames to their node, and
 * nothing is ever broadcast to it.
 */
export function doorTopic(roomId: string): string {
  return `d:{${tagOf(roomId)}}:${roomId}`;
}

/** The room of a room's or a door's topic; null: it is neither. */
export function topicRoomId(topic: string): string | null {
  return TOPIC.exec(topic)?.[1] ?? null;
}
