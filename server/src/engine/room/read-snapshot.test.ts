import { followedChannels, type Role } from '@pinroom/client/contract';
import { expect, it } from 'vitest';
import { type SnapshotParts, SnapshotReader } from './read-snapshot.js';

/** A reader over stores that answer late, and what is asked of them. */
function reader() {
  const asked: string[] = [];
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const parts = {
    snapshots: {
      async shared(_: string, { entries }: { entries: number }) {
        asked.push(`shared ${entries}`);
        await answered;
        return null;
      },
      async own(_: string, userId: string, { channels }: { channels: readonly string[] }) {
        asked.push(`${userId}: ${channels.join(' ')}`);
        await answered;
        return null;
      },
    },
  };
  const snapshots = new SnapshotReader(parts as unknown as SnapshotParts);
  const join = (userId: string, role: Role, since = {}) => {
    const self = { userId, role } as Parameters<SnapshotReader['read']>[1];
    return snapshots.read('room-7f', self, since).catch(() => undefined);
  };
  return { answer, asked, join };
}

it('those who join together share what they read of the room, and nothing else', async () => {
  const { answer, asked, join } = reader();
  const joining = ['ann', 'bob', 'cid'].map((userId) => join(userId, 'player'));
  answer();
  await Promise.all(joining);
  expect(asked.filter((look) => look === 'shared 50')).toHaveLength(2);
  for (const userId of ['ann', 'bob', 'cid']) expect(asked).toContain(`${userId}: user:${userId}`);
});

it('a host reads the channels for hosts together with the right to do so', async () => {
  const { answer, asked, join } = reader();
  const joining = [join('ann', 'player'), join('hugo', 'host')];
  answer();
  await Promise.all(joining);
  const channels = followedChannels('host', 'hugo').filter((channel) => channel !== 'room');
  expect(asked).toContain(`hugo: ${channels.join(' ')}`);
});

it('who knows a part of a channel gets no newest entries of it', async () => {
  const { answer, asked, join } = reader();
  const joining = join('ann', 'player', { room: '7-1', 'user:ann': '7-1' });
  answer();
  await joining;
  expect(asked).toEqual(['shared 0', 'ann: ']);
});
