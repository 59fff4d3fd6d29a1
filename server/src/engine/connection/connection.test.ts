import { expect, it } from 'vitest';
import type { Caller } from '../auth/caller.port.js';
import { AppError } from '../runtime/app-error.js';
import { systemClock } from '../runtime/clock.js';
import { silentLogger } from '../runtime/logger.js';
import { type Metrics, noMetrics } from '../runtime/metrics.js';
import { Connections } from './connection.js';
import type { ClientSocket } from './connection-handler.port.js';

/** Connections of a node on which some sessions have just ended, and what their sockets got. */
function open(ended: readonly string[], others: object = {}) {
  const got: string[] = [];
  const connections = new Connections({
    endedSessions: { hasEnded: (sessionId) => ended.includes(sessionId) },
    clock: systemClock,
    logger: silentLogger,
    metrics: noMetrics,
    nodeId: 'node',
    commandLimit: { perSecond: 1, burst: 1 },
    socketBounds: { perUser: 10, perNetwork: 10 },
    ...others,
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

it('commands that are too many at once are refused, and counted under their limit', async () => {
  const counted: string[] = [];
  const metrics: Metrics = {
    ...noMetrics,
    count: (name, labels) => void counted.push(`${name} ${labels?.limit}`),
  };
  const { enter } = open([], {
    commandLimit: { perSecond: 1_000, burst: 1_000 },
    metrics,
    router: { knows: () => true, run: () => new Promise(() => {}) },
  });
  const socket = enter('a');
  for (let n = 0; n < 128; n++) void socket.command('room:history', {});
  expect(counted).toEqual([]);
  expect(await socket.command('room:history', {})).toMatchObject({
    ok: false,
    error: { code: 'rate_limited', retryAfterMs: 200 },
  });
  expect(counted[0]).toBe('pinroom_rate_limited_total commands_at_once');
});

it('an operator finds in the log which command failed, of whom and in which room', async () => {
  const lines: unknown[] = [];
  const note = (fields: object) => void lines.push(fields);
  const counted: string[] = [];
  let fault: Error = new Error('a bug');
  const { enter } = open([], {
    commandLimit: { perSecond: 1_000, burst: 1_000 },
    logger: { ...silentLogger, debug: note, error: note },
    metrics: { ...noMetrics, count: (name: string) => void counted.push(name) },
    router: { knows: () => true, run: () => Promise.reject(fault) },
  });
  const socket = enter('a');
  const roomId = '01920000-0000-7000-8000-000000000001';
  await socket.command('room:join', { roomId });
  expect(lines).toMatchObject([{ command: 'room:join', roomId, sessionId: 'a', err: fault }]);
  expect(counted.filter((name) => name === 'pinroom_internal_faults_total')).toHaveLength(1);
  fault = new AppError('muted');
  await socket.command('room:send', { roomId: '123456' });
  expect(lines[1]).toMatchObject({ command: 'room:send', code: 'muted', roomId: undefined });
  expect(JSON.stringify(lines)).not.toContain('123456');
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
