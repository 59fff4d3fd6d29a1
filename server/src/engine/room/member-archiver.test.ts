import { expect, it } from 'vitest';
import type { ArchiveRow } from '../history/entry-archive.port.js';
import { unavailable } from '../runtime/app-error.js';
import { type Logger, silentLogger } from '../runtime/logger.js';
import { RowsRefused } from '../runtime/rows-refused.js';
import { archiveMembers } from './member-archiver.js';
import type { MemberChange } from './room-member-archive.port.js';

function joinedRow(n: number): ArchiveRow {
  return {
    roomId: 'r',
    channel: 'log',
    epoch: 1,
    seq: n,
    at: 5,
    type: 'joined',
    userId: null,
    nickname: null,
    payload: JSON.stringify({ userId: `u${n}`, nickname: `n${n}`, role: 'player' }),
    key: null,
    after: null,
  };
}

it('leaves out a member whom the archive refuses for good, and writes the others down', async () => {
  const saved: string[] = [];
  const errors: unknown[] = [];
  const logger: Logger = { ...silentLogger, error: (fields) => void errors.push(fields) };
  const archive = {
    saveMembers: async (members: readonly MemberChange[]) => {
      const ids = members.map(({ userId }) => userId);
      if (ids.includes('u4')) throw new RowsRefused(new Error('22P05'));
      saved.push(...ids);
    },
  };
  await archiveMembers([0, 1, 2, 3, 4, 5, 6].map(joinedRow), archive, logger);
  expect(saved.sort()).toEqual(['u0', 'u1', 'u2', 'u3', 'u5', 'u6']);
  expect(errors).toMatchObject([{ roomId: 'r', userId: 'u4' }]);
});

it('passes on that the archive does not answer', async () => {
  const archive = { saveMembers: () => Promise.reject(unavailable('the archive')) };
  const done = archiveMembers([joinedRow(1)], archive, silentLogger);
  await expect(done).rejects.toMatchObject({ code: 'unavailable' });
});

it('writes down who was put out, and that somebody was let in again', async () => {
  const saved = new Map<string, string>();
  const archive = {
    saveMembers: async (changes: readonly MemberChange[]) => {
      for (const { userId, role } of changes) saved.set(userId, role);
    },
  };
  const put = (n: number, type: string): ArchiveRow => ({ ...joinedRow(n), type });
  await archiveMembers(
    [joinedRow(1), joinedRow(2), joinedRow(3), put(1, 'kicked'), put(2, 'banned'), put(3, 'left')],
    archive,
    silentLogger,
  );
  expect(Object.fromEntries(saved)).toEqual({ u1: 'removed', u2: 'removed', u3: 'player' });
  await archiveMembers([put(1, 'kicked'), joinedRow(1)], archive, silentLogger);
  expect(saved.get('u1')).toBe('player');
});
