import type { SessionAnswer } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { call, newSession } from '../support/http-calls.js';
import { RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { until } from '../support/until.js';

const IDLE_S = 3;
const MAX_S = 7;
/** A node looks every 2 s. */
const LOOK_MS = 2_000;
const SLACK_MS = 1_500;

/** Who keeps the time is the same on both transports. */
const KINDS = [
  { drivers: 'redis', transport: 'ws' },
  { drivers: 'embedded', transport: 'uws' },
] as const;

describe.each(KINDS)('a session whose time is over ($drivers, $transport)', (kind) => {
  let backends: Backends | null;
  let nodes: SpawnedNode[];

  beforeAll(async () => {
    backends = kind.drivers === 'redis' ? await startBackends() : null;
    const env = {
      ...UNLIMITED,
      ...backends?.env,
      PINROOM_REFRESH_TTL_SECONDS: `${IDLE_S}`,
      PINROOM_SESSION_MAX_SECONDS: `${MAX_S}`,
    };
    const count = backends ? 2 : 1;
    nodes = await Promise.all(
      Array.from({ length: count }, () => spawnNode({ env, transport: kind.transport })),
    );
  });

  const refresh = (url: string, refreshToken: string) =>
    call<SessionAnswer & { refreshToken: string }>(`${url}/api/sessions/refresh`, {
      method: 'POST',
      body: { refreshToken },
    });

  it('has its sockets told and closed, idle or at its longest life, and its tokens refused', async () => {
    const [here, there] = [nodes[0]?.url ?? '', nodes.at(-1)?.url ?? ''];
    const begun = Date.now();
    const [idle, used] = [await newSession(here, 'Idle'), await newSession(here, 'Used')];
    expect(used.accessTokenExpiresAt).toBeLessThanOrEqual(Date.now() + IDLE_S * 1_000);
    const open = ({ accessToken: token }: SessionAnswer) =>
      new RawSocket(here, { token }).greeted();
    const [idleSocket, usedSocket] = [await open(idle), await open(used)];
    const idleGone = until(
      () => !idleSocket.socket.connected,
      IDLE_S * 1_000 + LOOK_MS + SLACK_MS,
    ).then(() => Date.now() - begun);

    // Refreshed elsewhere, so this node hears nothing of it.
    let { refreshToken } = used;
    let expiresAt = 0;
    while (usedSocket.socket.connected) {
      const { body, code } = await refresh(there, refreshToken);
      if (code !== null) break;
      ({ refreshToken, accessTokenExpiresAt: expiresAt } = body);
      expect(expiresAt).toBeLessThanOrEqual(begun + MAX_S * 1_000 + SLACK_MS);
      const next = Date.now() + 1_000;
      await until(() => Date.now() >= next || !usedSocket.socket.connected);
    }
    await until(() => !usedSocket.socket.connected, LOOK_MS + SLACK_MS);
    expect(Date.now() - begun).toBeGreaterThan(MAX_S * 1_000 - 100);
    expect(await idleGone).toBeGreaterThan(IDLE_S * 1_000 - 100);
    for (const { events } of [idleSocket, usedSocket]) {
      expect(events.at(-1)).toEqual({
        name: 'session:ended',
        payload: { reason: 'session_ended' },
      });
    }
    for (const token of [idle.refreshToken, refreshToken]) {
      for (const url of [here, there]) {
        expect((await refresh(url, token)).code).toBe('session_ended');
      }
    }
  });
});
