import { describe, expect, it } from 'vitest';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { openSocket } from '../support/raw-socket.js';
import { startOneRedis } from '../support/services.js';
import { spawnNode } from '../support/spawn-node.js';
import { openProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';

/** At least so often everybody is told where the room stands. */
const TOLD_EVERY_MS = 15_000;
/** For a busy machine. */
const SLACK_MS = 2_000;
const MISSED = 3;

interface Top {
  readonly tops: Readonly<Record<string, string>>;
  readonly stateVersion: number;
}

describe('a room in which nobody says anything more', () => {
  it('tells where it stands at least every 15 s, and brings what a silent subscription has lost', async () => {
    const backends = await startBackends({}, startOneRedis);
    const redis = new URL(backends.env.REDIS_URL);
    const line = await openProxy({ host: redis.hostname, port: Number(redis.port) });
    const env = { ...UNLIMITED, ...backends.env };
    const [node, deaf] = await Promise.all([
      spawnNode({ env }),
      // Nothing but the look at the positions may find what is missing.
      spawnNode({
        env: { ...env, REDIS_URL: `redis://127.0.0.1:${line.port}` },
        without: ['bus-probe'],
      }),
    ]);
    const { socket: host } = await openSocket(node.url, 'Host');
    const { room } = await host.must('room:create', {});
    const roomId = room.id;
    await host.must('room:join', { roomId });
    const { socket: reader } = await openSocket(deaf.url, 'Reader');
    await reader.must('room:join', { roomId });

    line.silenceOpen('subscribers');
    const ids: string[] = [];
    for (let n = 0; n < MISSED; n++) {
      ids.push((await host.must('room:send', { roomId, type: 'chat', payload: n })).id);
    }
    const { version } = await host.must('room:state', { roomId, patch: { quiet: true } });
    const heard = () => reader.seen<{ id: string }>('room:entry').map(({ id }) => id);
    await until(() => heard().length >= MISSED, TOLD_EVERY_MS + SLACK_MS);
    expect(heard()).toEqual(ids);
    // Told of the newest one only after it came.
    const names = reader.events.map(({ name, payload }) =>
      name === 'room:top' ? (payload as Top).tops.room : name,
    );
    const announced = names.indexOf(ids.at(-1) ?? '');
    if (announced >= 0) expect(announced).toBeGreaterThan(names.lastIndexOf('room:entry'));

    await Promise.all(
      [host, reader].map(async (socket) => {
        const told = socket.seen('room:top').length;
        await until(() => socket.seen('room:top').length > told, TOLD_EVERY_MS + SLACK_MS);
        const last = socket.seen<Top>('room:top').at(-1);
        expect([last?.tops.room, last?.stateVersion]).toEqual([ids.at(-1), version]);
      }),
    );
    expect(heard()).toEqual(ids);
  }, 90_000);
});
