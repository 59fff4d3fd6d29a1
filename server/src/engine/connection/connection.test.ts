import { expect, it } from 'vitest';
import type { Caller } from '../auth/caller.port.js';
import { systemClock } from '../runtime/clock.js';
import { silentLogger } from '../runtime/logger.js';
import { noMetrics } from '../runtime/metrics.js';
import { Connections } from './connection.js';
import type { ClientSocket } from './connection-handler.port.js';

/** Connections of a node on which some sessions have just ended, and what their sockets got. */
function open(ended: readonly string[]) {
  const got: string[] = [];
  const connections = new Connections({
    endedSessions: { hasEnded: (sessionId) => ended.includes(sessionId) },
    clock: systemClock,
    logger: silentLogger,
    metrics: noMetrics,
    nodeId: 'node',
    commandLimit: { perSecond: 1, burst: 1 },
    socketBounds: { perUser: 10, perNetwork: 10 },
  } as ConstructorParameters<typeof Connections>[0]);
  const enter = (sessionId: string, authorisedUntil = 0) => {
    const socket: ClientSocket = {
      id: sessionId,
      emit: (event) => void got.push(`${sessionId} ${event}`),
      sendFrame() {},
      joinTopic() {},
      leaveTopic() {},
      joinDoor() {},
      leaveDoor() {},
      disconnect: () => void got.push(`${sessionId} closed`),
    };
    const caller: Caller = {
      kind: 'user',
      userId: 'u',
      sessionId,
      nickname: 'Ada',
      network: 'n',
      authorisedUntil,
      sessionExpiresAt: 1,
      sessionEndsBy: 1,
    };
    return connections.connected(caller, socket);
  };
  return { connections, enter, got };
}

it('a socket that was let in while its session ended is told and closed behind its welcome', async () => {
  const { enter, got } = open(['over']);
  enter('over');
  enter('goes on');
  // The transport knows of its connection before it is told that it is closed.
  expect(got).toEqual(['over session:ready', 'goes on session:ready']);
  await Promise.resolve();
  expect(got.slice(2)).toEqual(['over session:ended', 'over closed']);
});

it('the end of a session closes its sockets, however many, and no other', async () => {
  const { connections, enter, got } = open([]);
  const gone = enter('a');
  for (const sessionId of ['a', 'a', 'b']) enter(sessionId);
  await gone.closed();
  got.length = 0;
  connections.endSession('a');
  expect(got).toEqual(['a session:ended', 'a closed', 'a session:ended', 'a closed']);
});

it('those are closed whom it applies to, without a word', () => {
  const { connections, enter, got } = open([]);
  enter('a', 1);
  enter('b', 2);
  got.length = 0;
  connections.disconnectIf(({ authorisedUntil }) => authorisedUntil <= 1, 10);
  expect(got).toEqual(['a closed']);
  expect([...connections.callers()].map(({ sessionId }) => sessionId)).toEqual(['a', 'b']);
});
