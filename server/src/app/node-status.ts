import { hostname } from 'node:os';
import { CODES, type ErrorCode, type NodeStatus } from '@pinroom/client/contract';
import type { Clock } from '../engine/runtime/clock.js';
import type { Health } from '../engine/runtime/health.port.js';
import type { CountReader, MetricName } from '../engine/runtime/metrics.js';
import type { Engine } from './build-engine.js';
import type { LoopDelay } from './loop-delay.js';

/** Every answer counts in one of them, by its code. */
const ANSWERS = [
  'pinroom_commands_total',
  'pinroom_handshakes_total',
  'pinroom_http_requests_total',
] as const satisfies readonly MetricName[];

export interface NodeStatusParts {
  readonly engine: Pick<Engine, 'archiveLag' | 'connections' | 'life' | 'localRooms'>;
  readonly health: Health;
  readonly loopDelay: LoopDelay;
  readonly clock: Clock;
  readonly metrics: CountReader;
  readonly nodeId: string;
  readonly version: string;
}

/** What answers how a node is whenever it is asked. */
export function nodeStatus(parts: NodeStatusParts): () => Promise<NodeStatus> {
  const { clock, engine, health, loopDelay, metrics, nodeId, version } = parts;
  const { archiveLag, connections, life, localRooms } = engine;
  const startedAt = clock.now();
  return async () => {
    const entries = await metrics.total('pinroom_entries_accepted_total');
    const refused = await refusals(metrics);
    const now = clock.now();
    const { backends, status } = health.report();
    return {
      id: nodeId,
      life: life.id,
      host: hostname(),
      pid: process.pid,
      version,
      startedAt,
      at: now,
      uptimeSeconds: Math.round((now - startedAt) / 1_000),
      tags: life.tags.length,
      sockets: connections.size,
      rooms: localRooms.size,
      loopDelayMs: loopDelay.read(),
      backends,
      archiveLagMs: archiveLag.ms,
      entries,
      refused,
      draining: status === 'draining',
    };
  };
}

async function refusals(metrics: CountReader): Promise<NodeStatus['refused']> {
  const refused: NodeStatus['refused'] = {};
  for (const name of ANSWERS) {
    for (const [code, count] of await metrics.totalBy(name, 'code')) {
      if (isCode(code)) refused[code] = (refused[code] ?? 0) + count;
    }
  }
  return refused;
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(CODES, code);
}
