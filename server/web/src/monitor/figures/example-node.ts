import type { NodeStatus } from '@pinroom/client';

/** A node in good health, for tests. */
export function nodeStatus(over: Partial<NodeStatus> = {}): NodeStatus {
  return {
    id: 'node',
    life: 'life',
    host: 'host',
    pid: 1,
    version: '0.1.0',
    startedAt: 0,
    at: 0,
    uptimeSeconds: 0,
    tags: 256,
    sockets: 0,
    rooms: 0,
    loopDelayMs: 1,
    backends: { redis: 'up', postgres: 'up' },
    archiveLagMs: 0,
    draining: false,
    entries: 0,
    refused: {},
    ...over,
  };
}
