import { tagOf } from '../runtime/random.js';

const TOPIC = /^r:\{[0-9a-f]{2}\}:(.+)$/;

/**
 * The Socket.IO room of a Pinroom room. Its hash tag puts the room's shard channel into the slot of
 * the room's keys, so that one script can write and publish.
 */
export function roomTopic(roomId: string): string {
  return `r:{${tagOf(roomId)}}:${roomId}`;
}

/** The room of a topic; null: it is not a room's topic. */
export function topicRoomId(topic: string): string | null {
  return TOPIC.exec(topic)?.[1] ?? null;
}
