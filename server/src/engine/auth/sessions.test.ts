import { describe, expect, it, onTestFinished } from 'vitest';
import { callerBehind, HERE, openSessionHouse } from '../../../test/support/session-house.js';
import { systemRandom, tagOf, uuidv7 } from '../runtime/random.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function open(lives: Parameters<typeof openSessionHouse>[0] = {}) {
  const house = openSessionHouse(lives);
  onTestFinished(() => house.writer.stop());
  return house;
}

const ended = expect.objectContaining({ code: 'session_ended' });
const sessionIdOf = ({ refreshToken }: { refreshToken: string }) =>
  refreshToken.split('.')[0] ?? '';

describe('how long a session lives', () => {
  it('is as long as it is refreshed in time, and no longer than a session may', async () => {
    const { sessions, time } = open({ refreshTtlMs: 30 * DAY, sessionMaxMs: 100 * DAY });
    let grant = await sessions.create('Ada', HERE);
    for (const day of [29, 58, 87]) {
      time.now += 29 * DAY;
      grant = await sessions.refresh(grant.refreshToken, HERE);
      const left = Math.min(30, 100 - day) * DAY;
      expect(grant.refreshTokenExpiresAt - time.now).toBe(left);
    }
    time.now += 13 * DAY - 1;
    const last = await sessions.refresh(grant.refreshToken, HERE);
    expect(last.accessTokenExpiresAt).toBeLessThanOrEqual(time.now + 1);
    time.now += 1;
    for (const { refreshToken } of [grant, last]) {
      await expect(sessions.refresh(refreshToken, HERE)).rejects.toEqual(ended);
      await expect(sessions.authenticateRefreshToken(refreshToken, HERE)).rejects.toEqual(ended);
    }
  });

  it('ends when nobody refreshes it', async () => {
    const { sessions, time } = open({ refreshTtlMs: DAY });
    const { refreshToken } = await sessions.create('Ada', HERE);
    time.now += DAY;
    await expect(sessions.refresh(refreshToken, HERE)).rejects.toEqual(ended);
  });

  it('is the longest life where that is below the life of a refresh token', async () => {
    const { sessions, time } = open({ refreshTtlMs: DAY, sessionMaxMs: HOUR });
    const grant = await sessions.create('Ada', HERE);
    expect(grant.refreshTokenExpiresAt).toBe(time.now + HOUR);
    const { sessionExpiresAt, sessionEndsBy } = await callerBehind(
      sessions,
      grant.accessToken,
      HERE,
    );
    expect([sessionExpiresAt, sessionEndsBy]).toEqual([time.now + HOUR, time.now + HOUR]);
  });

  it('gives no access token that outlives it', async () => {
    const { sessions, time } = open({ sessionMaxMs: HOUR });
    const { refreshToken } = await sessions.create('Ada', HERE);
    time.now += 55 * MINUTE;
    const grant = await sessions.refresh(refreshToken, HERE);
    expect(grant.accessTokenExpiresAt).toBe(time.now + 5 * MINUTE);
  });
});

describe('a refresh token', () => {
  it('still works an hour after its successor was lost on the way', async () => {
    const { sessions, time } = open();
    const first = await sessions.create('Ada', HERE);
    const lost = await sessions.refresh(first.refreshToken, HERE);
    time.now += HOUR;
    expect(await sessions.authenticateRefreshToken(first.refreshToken, HERE)).toMatchObject({
      nickname: 'Ada',
    });
    const again = await sessions.refresh(first.refreshToken, HERE);
    expect(again.refreshToken).toBe(lost.refreshToken);
    time.now += HOUR;
    expect((await sessions.refresh(again.refreshToken, HERE)).user).toEqual(first.user);
  });

  it.each(['by an access token', 'at a handshake'])(
    'works 20 s more once its successor was seen %s',
    async (how) => {
      const { sessions, time } = open();
      const first = await sessions.create('Ada', HERE);
      const second = await sessions.refresh(first.refreshToken, HERE);
      if (how === 'at a handshake')
        await sessions.authenticateRefreshToken(second.refreshToken, HERE);
      else await callerBehind(sessions, second.accessToken, HERE);
      time.now += 20_000;
      const again = await sessions.refresh(first.refreshToken, HERE);
      expect(again.refreshToken).toBe(second.refreshToken);
      time.now += 1;
      await expect(sessions.refresh(first.refreshToken, HERE)).rejects.toEqual(ended);
      await expect(sessions.refresh(second.refreshToken, HERE)).rejects.toEqual(ended);
    },
  );

  it('that is older ends the session, and its sockets hear of it, while the archive is away', async () => {
    const { archive, ended: list, sessions, writer } = open();
    const first = await sessions.create('Ada', HERE);
    const second = await sessions.refresh(first.refreshToken, HERE);
    await sessions.refresh(second.refreshToken, HERE);
    await writer.flush();
    const { cursor } = await list.listEnded(null);
    archive.away = true;
    await expect(sessions.refresh(first.refreshToken, HERE)).rejects.toEqual(ended);
    expect((await list.listEnded(cursor)).ids).toEqual([sessionIdOf(first)]);
    archive.away = false;
    await writer.flush();
    expect(archive.rows.get(sessionIdOf(first))?.endedAt).toEqual(expect.any(Number));
  });
});

describe('the sessions of a user', () => {
  /** A session of the same user on another device. */
  async function another(house: ReturnType<typeof open>, ofId: string, lastUsedAt: number) {
    const session = await house.store.find(ofId);
    if (!session) throw new Error('there is such a session');
    const id = uuidv7(house.time.now, systemRandom, tagOf(session.userId));
    const userAgent = `Device of ${lastUsedAt}`;
    await house.store.create({ ...session, id, lastUsedAt, userAgent });
    return id;
  }

  it('are listed with where they are used, the last used first, and the current one', async () => {
    const house = open();
    const { own, sessions, time } = house;
    const grant = await sessions.create('Ada', { ...HERE, userAgent: 'Fire\u0000fox' });
    const caller = await callerBehind(sessions, grant.accessToken, HERE);
    const newer = await another(house, caller.sessionId, time.now + 1);
    const older = await another(house, caller.sessionId, time.now - 1);
    const ended = await another(house, caller.sessionId, time.now);
    await sessions.end(ended, caller.userId);
    const stranger = await sessions.create('Bob', HERE);
    const { sessions: listed } = await own.list(caller);
    expect(listed.map(({ id, current }) => [id, current])).toEqual([
      [newer, false],
      [caller.sessionId, true],
      [older, false],
    ]);
    expect(listed[1]).toEqual({
      id: caller.sessionId,
      createdAt: time.now,
      lastUsedAt: time.now,
      ...HERE,
      current: true,
    });
    await expect(own.end(caller, sessionIdOf(stranger))).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(own.end(caller, ended)).rejects.toMatchObject({ code: 'not_found' });
    await own.end(caller, newer);
    expect((await own.list(caller)).sessions.map(({ id }) => id)).toEqual([
      caller.sessionId,
      older,
    ]);
  });

  it('are at most 100 in the list, those that were used last', async () => {
    const house = open();
    const { own, sessions, time } = house;
    const grant = await sessions.create('Ada', HERE);
    const caller = await callerBehind(sessions, grant.accessToken, HERE);
    for (let n = 1; n <= 110; n++) await another(house, caller.sessionId, time.now - n);
    const { sessions: listed } = await own.list(caller);
    expect(listed).toHaveLength(100);
    expect(listed.at(-1)?.lastUsedAt).toBe(time.now - 99);
  });

  it('tell when they were used, to a minute', async () => {
    const { own, sessions, time } = open();
    const { accessToken } = await sessions.create('Ada', HERE);
    const there = { address: '2001:db8::7', userAgent: 'Phone' };
    const lastUse = async () => {
      const caller = await callerBehind(sessions, accessToken, there);
      const { sessions: listed } = await own.list(caller);
      return [listed[0]?.lastUsedAt, listed[0]?.address];
    };
    const begun = time.now;
    time.now += MINUTE - 1;
    expect(await lastUse()).toEqual([begun, HERE.address]);
    time.now += 1;
    expect(await lastUse()).toEqual([begun + MINUTE, there.address]);
    time.now += MINUTE - 1;
    expect(await lastUse()).toEqual([begun + MINUTE, there.address]);
  });
});
