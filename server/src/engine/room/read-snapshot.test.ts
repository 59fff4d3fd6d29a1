import { followedChannels, type Role } from '@pinroom/client/contract';
import { expect, it } from 'vitest';
import { type SnapshotParts, SnapshotReader } from './read-snapshot.js';

/** A reader over stores of which only the feed answers late, and what is asked of them, in order. */
function reader() {
  const asked: string[] = [];
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const parts = {
    members: {
      async rights(_: string, [userId]: readonly string[]) {
        asked.push(`rights of ${userId}`);
        return null;
      },
      list: async () => null,
    },
    states: { read: async () => null },
    feed: {
      async snapshot(_: string, channels: readonly string[]) {
        asked.push(channels.join(' '));
        await answered;
        return { channels: new Map() };
      },
    },
  };
  const snapshots = new SnapshotReader(parts as unknown as SnapshotParts);
  const join = (userId: string, role: Role) => {
    const self = { userId, role } as Parameters<SnapshotReader['read']>[1];
    return snapshots.read('room-7f', self, {}).catch(() => undefined);
  };
  return { answer, asked, join };
}

it('players who join together share what they read of the room, and nothing else', async () => {
  const { answer, asked, join } = reader();
  const joining = ['ann', 'bob', 'cid'].map((userId) => join(userId, 'player'));
  answer();
  await Promise.all(joining);
  expect(asked.filter((channels) => channels === 'room')).toHaveLength(2);
  for (const userId of ['ann', 'bob', 'cid']) expect(asked).toContain(`user:${userId}`);
});

it('a host reads the channels for hosts right behind the rights, however many join', async () => {
  const { answer, asked, join } = reader();
  const joining = [join('ann', 'player'), join('hugo', 'host'), join('hana', 'host')];
  for (const userId of ['hugo', 'hana']) {
    const rights = asked.indexOf(`rights of ${userId}`);
    expect(asked[rights + 1]).toBe(followedChannels('host', userId).join(' '));
  }
  answer();
  await Promise.all(joining);
});
