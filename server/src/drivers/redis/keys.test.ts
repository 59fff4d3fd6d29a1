import { describe, expect, test } from 'vitest';
import { roomTopic } from '../../engine/fanout/topic.port.js';
import * as keys from './keys.js';

const ROOM = '01a2071a-f341-7297-b482-f9be5e3a9b7f';
const USER = '01a2071a-f341-7297-b482-f9be5e3a9baa';
const BLOCK = { roomId: ROOM, channel: 'room', epoch: 7, block: 3, size: 100 };

const OF_A_ROOM = [
  keys.roomKey(ROOM),
  keys.membersKey(ROOM),
  keys.rosterKey(ROOM),
  keys.nicksKey(ROOM),
  keys.onlineKey(ROOM),
  keys.archivedKey(ROOM),
  keys.onceKey(ROOM),
  keys.paceKey(ROOM),
  keys.bansKey(ROOM),
  keys.stateKey(ROOM),
  keys.streamKey(ROOM, 'room'),
  keys.streamKey(ROOM, `user:${USER}`),
  keys.dedupeKey(ROOM, 'room', USER, 'k'),
  keys.pageKey(BLOCK),
  keys.pagesKey(ROOM),
  keys.unarchivedKey('7f'),
  keys.unsavedStatesKey('7f'),
  keys.expiryKey('7f'),
  keys.awayKey('7f'),
  keys.tagLivesKey('7f'),
  keys.lifeKey('7f', 'life-1'),
  keys.roomShardChannel(ROOM),
];

describe('Redis keys', () => {
  test('[FEED-1] every key and the channel of a room have its tag, and none is another', () => {
    expect(OF_A_ROOM.map(keys.hashTagOf)).toEqual(OF_A_ROOM.map(() => '7f'));
    expect(new Set(OF_A_ROOM).size).toBe(OF_A_ROOM.length);
  });

  test('[BUS-2] the shard channel is the one of the sharded adapter for the topic', () => {
    expect(keys.roomShardChannel(ROOM)).toBe(`socket.io#/#${roomTopic(ROOM)}#`);
  });

  test('[SESSION-1] a session and the list of its user share a tag', () => {
    const session = '01a2071a-f341-7297-b482-f9be5e3a9caa';
    expect(keys.hashTagOf(keys.sessionKey(session))).toBe('aa');
    expect(keys.hashTagOf(keys.sessionsKey(USER))).toBe('aa');
  });

  test('[FEED-1] idempotency keys never make other keys, however odd or long they are', () => {
    const odd = ['a', 'a:b', 'a b', '{00}', '\ud800', '\ud801', '\\ud800', '%61', 'é'.repeat(128)];
    const made = odd.map((key) => keys.dedupeKey(ROOM, 'room', USER, key));
    expect(new Set(made).size).toBe(odd.length);
    for (const key of made) {
      expect(keys.hashTagOf(key)).toBe('7f');
      expect(key.length).toBeLessThan(300);
    }
    expect(keys.dedupeKey(ROOM, 'room', USER, 'x'.repeat(128))).not.toBe(
      keys.dedupeKey(ROOM, 'room', USER, `${'x'.repeat(127)}y`),
    );
  });
});
