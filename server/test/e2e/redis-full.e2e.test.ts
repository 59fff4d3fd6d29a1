import { describe, expect, it } from 'vitest';
import { afterFile } from '../support/after-file.js';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call } from '../support/http-calls.js';
import { codeOf, openSocket } from '../support/raw-socket.js';
import { spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

/** Ended sessions are closed within 1 s; the rest is for a busy machine. */
const REVOKED_MS = 2_000;
const RECOVERY_MS = 10_000;

describe('nodes whose Redis has no memory left', () => {
  it('refuse what needs some, go on with what frees some, and work again once there is some', async () => {
    const backends = await startBackends();
    const redis = connectToRedis(backends.redis.url);
    afterFile(() => redis.disconnect());
    const env = { ...UNLIMITED, ...backends.env, PINROOM_REJOIN_GRACE_SECONDS: '1' };
    const [one, other] = await Promise.all([spawnNode({ env }), spawnNode({ env })]);
    const host = await openSocket(one.url, 'Host');
    const { room } = await host.socket.must('room:create', {});
    const roomId = room.id;
    await host.socket.must('room:join', { roomId });
    const revoked = await openSocket(other.url, 'Revoked');
    const leaving = await openSocket(other.url, 'Leaving');
    for (const { socket } of [revoked, leaving]) await socket.must('room:join', { roomId });
    const entry = { roomId, type: 'chat', payload: 'x' };
    const { id } = await host.socket.must('room:send', { ...entry, key: 'before' });

    await redis.config('SET', 'maxmemory', 1);
    expect(await host.socket.ask('room:send', entry)).toMatchObject({
      ok: false,
      error: { code: 'backlog_full', retryAfterMs: expect.any(Number) },
    });
    expect(codeOf(await host.socket.ask('room:create', {}))).toBe('unavailable');
    expect((await call(`${one.url}/api/sessions`, { method: 'POST', body: {} })).code).toBe(
      'unavailable',
    );
    const history = await host.socket.must('room:history', { roomId });
    expect(history.entries.map((kept) => kept.id)).toEqual([id]);
    await host.socket.must('room:signal', { roomId, type: 'wave', payload: 1 });
    await until(() => leaving.socket.seen('room:signal').length === 1);

    // Whoever is out is out: also by the node that did not hear the call itself.
    const ended = await call(`${one.url}/api/sessions`, { method: 'DELETE', token: revoked.token });
    expect(ended.code).toBeNull();
    await until(() => !revoked.socket.socket.connected, REVOKED_MS);
    await leaving.socket.must('room:leave', { roomId });
    await until(async () => {
      const { members } = await host.socket.must('room:members', { roomId });
      return members.length === 1;
    }, RECOVERY_MS);
    await until(async () => {
      const rows = await backends.query(
        `select 1 from entries where room_id = $1 and type in ('chat', 'left')`,
        [roomId],
      );
      return rows.length === 3;
    }, RECOVERY_MS);

    await redis.config('SET', 'maxmemory', 0);
    const receipt = await until(async () => {
      const answer = await host.socket.ask('room:send', { ...entry, key: 'after' });
      return answer.ok && answer.data;
    }, RECOVERY_MS);
    expect(receipt.id).toBe(id.replace(/-0$/, '-1'));
    await leaving.socket.must('room:join', { roomId });
    expect(host.socket.socket.connected).toBe(true);
  }, 60_000);
});
