import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { PostgresSessionArchive } from '../../../src/drivers/postgres/postgres-session-archive.js';
import type { ArchivedEnd } from '../../../src/engine/auth/session-archive.port.js';
import type { SessionRecord } from '../../../src/engine/auth/session-store.port.js';
import { RowsRefused } from '../../../src/engine/runtime/rows-refused.js';
import { ARCHIVE_DRIVERS, FIRST_START_MS } from './archive-drivers.js';

function session(changes: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: randomUUID(),
    userId: randomUUID(),
    nickname: 'Zoë 🐙',
    salt: 'c2FsdA',
    generation: 1,
    createdAt: 1_000,
    rotatedAt: 1_000,
    seenAt: null,
    expiresAt: 9_000_000_000_000,
    endedAt: null,
    lastUsedAt: 1_000,
    address: '192.0.2.7',
    userAgent: 'Firefox',
    ...changes,
  };
}

describe.each(ARCHIVE_DRIVERS)('session archive on $name', ({ open }) => {
  let sessions: PostgresSessionArchive;
  beforeAll(async () => {
    sessions = new PostgresSessionArchive(await open());
  }, FIRST_START_MS);

  describe('saveSessions', () => {
    it('[SESSION-8] inserts and moves forward, many at once', async () => {
      const many = Array.from({ length: 300 }, () => session());
      await sessions.saveSessions(many);
      const moved = many.map((one) => ({ ...one, generation: 2, rotatedAt: 2_000, seenAt: 2_500 }));
      await sessions.saveSessions(moved);
      expect(await sessions.findSession(many[299]?.id ?? '')).toEqual(moved[299]);
    });

    it('[SESSION-8] a lower generation never replaces a higher one', async () => {
      const newest = session({ generation: 5, rotatedAt: 5_000 });
      await sessions.saveSessions([newest]);
      await sessions.saveSessions([{ ...newest, generation: 4, rotatedAt: 4_000 }]);
      expect(await sessions.findSession(newest.id)).toEqual(newest);
    });

    it('[SESSION-8] where it was used last stays, whoever writes last', async () => {
      const newest = session({ lastUsedAt: 5_000, address: '2001:db8::7', userAgent: 'Phone' });
      await sessions.saveSessions([newest]);
      await sessions.saveSessions([{ ...session(), id: newest.id, lastUsedAt: 4_000 }]);
      expect(await sessions.findSession(newest.id)).toMatchObject({
        lastUsedAt: 5_000,
        address: '2001:db8::7',
        userAgent: 'Phone',
      });
    });

    it('[SESSION-8] of several records of one session in a call the highest generation counts', async () => {
      const one = session();
      const newest = { ...one, generation: 3, rotatedAt: 3_000 };
      await sessions.saveSessions([one, newest, { ...one, generation: 2 }]);
      expect(await sessions.findSession(one.id)).toEqual(newest);
    });

    it('[SESSION-8] that a generation was seen is not forgotten', async () => {
      const seen = session({ seenAt: 1_500 });
      await sessions.saveSessions([seen]);
      await sessions.saveSessions([{ ...seen, seenAt: null }]);
      expect(await sessions.findSession(seen.id)).toEqual(seen);
    });

    it('[SESSION-8] an ended session stays ended', async () => {
      const one = session();
      await sessions.saveSessions([{ ...one, endedAt: 7_000 }]);
      await sessions.saveSessions([{ ...one, generation: 9 }]);
      expect(await sessions.findSession(one.id)).toMatchObject({ generation: 9, endedAt: 7_000 });
    });

    it('[SESSION-8] an end that comes with an older generation counts too', async () => {
      const one = session({ generation: 4 });
      await sessions.saveSessions([one]);
      await sessions.saveSessions([{ ...one, generation: 3, endedAt: 8_000 }]);
      expect(await sessions.findSession(one.id)).toEqual({ ...one, endedAt: 8_000 });
    });

    it('[SESSION-8] refuses rows that can never be kept, and keeps none of them', async () => {
      const [good, bad] = [session(), session({ nickname: 'a\u0000b' })];
      await expect(sessions.saveSessions([good, bad])).rejects.toBeInstanceOf(RowsRefused);
      expect(await sessions.findSession(good.id)).toBeNull();
    });

    it('[SESSION-8] writers of the same sessions in opposite order all succeed', async () => {
      const many = Array.from({ length: 50 }, () => session());
      await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          sessions.saveSessions(n % 2 === 0 ? many : many.toReversed()),
        ),
      );
      expect(await sessions.findSession(many[0]?.id ?? '')).toEqual(many[0]);
    });
  });

  it('[SESSION-9] an unknown session is null', async () => {
    expect(await sessions.findSession(randomUUID())).toBeNull();
  });

  describe('endSessions', () => {
    it('[SESSION-10] the first end counts, however often it is repeated', async () => {
      const [a, b] = [session(), session()];
      await sessions.saveSessions([a, b]);
      await sessions.endSessions([a.id, b.id, a.id], 5_000);
      await sessions.endSessions([a.id], 6_000);
      expect(await sessions.findSession(a.id)).toEqual({ ...a, endedAt: 5_000 });
      expect(await sessions.findSession(b.id)).toEqual({ ...b, endedAt: 5_000 });
      await sessions.endSessions([], 6_000);
    });

    it('[SESSION-10] a session that is archived only after its end is ended', async () => {
      const late = session();
      await sessions.endSessions([late.id], 5_000);
      expect(await sessions.findSession(late.id)).toMatchObject({ endedAt: 5_000 });
      await sessions.saveSessions([late]);
      expect(await sessions.findSession(late.id)).toEqual({ ...late, endedAt: 5_000 });
      expect(await sessions.listSessionIds(late.userId, 0)).toEqual([]);
    });
  });

  it('[SESSION-11] lists the sessions that go on', async () => {
    const userId = randomUUID();
    const going = [session({ userId }), session({ userId, expiresAt: 10_001 })];
    const over = session({ userId, expiresAt: 10_000 });
    const ended = session({ userId });
    await sessions.saveSessions([...going, over, ended, session()]);
    await sessions.endSessions([ended.id], 1);
    expect(await sessions.listSessionIds(userId, 10_000)).toEqual(going.map(({ id }) => id).sort());
  });

  it('[SESSION-14] lists what was ended within a time, page by page', async () => {
    const at = 5_000_000;
    const many = Array.from({ length: 7 }, (_, n) => session({ endedAt: at + Math.floor(n / 3) }));
    const outside = [at - 1, at + 3].map((endedAt) => session({ endedAt }));
    await sessions.saveSessions([...many, ...outside, session({ expiresAt: at + 1 }), session()]);
    const expected = many
      .map(({ id, endedAt }) => ({ id, endedAt: endedAt ?? 0 }))
      .sort((a, b) => a.endedAt - b.endedAt || (a.id < b.id ? -1 : 1));
    const question = { from: at, to: at + 2, limit: 2 };
    const found: ArchivedEnd[] = [];
    let page: ArchivedEnd[];
    do {
      page = await sessions.listEnded({ ...question, after: found.at(-1) ?? null });
      found.push(...page);
    } while (page.length === question.limit);
    expect(found).toEqual(expected);
  });

  it('[SESSION-13] lists the sessions that go on, the last used first', async () => {
    const userId = randomUUID();
    const going = [3_000, 1_500, 2_500].map((lastUsedAt) => session({ userId, lastUsedAt }));
    const [newest, oldest, middle] = going;
    await sessions.saveSessions([...going, session({ userId, expiresAt: 10_000 }), session()]);
    const ended = session({ userId });
    await sessions.saveSessions([ended]);
    await sessions.endSessions([ended.id], 1);
    expect(await sessions.listSessions(userId, 10_000, 10)).toEqual([newest, middle, oldest]);
    expect(await sessions.listSessions(userId, 10_000, 2)).toEqual([newest, middle]);
  });
});
