import { call } from './http-calls.js';
import { SHARED_SECRETS, type SpawnedNode } from './spawn-node.js';
import { until } from './until.js';

/** A figure of a node's own, the sum over its labels; 0 while it has none. */
export async function metricOf(node: SpawnedNode, name: string): Promise<number> {
  const token = SHARED_SECRETS.PINROOM_OPERATOR_TOKEN;
  const { status, text } = await call(`${node.url}/metrics`, { token });
  if (status !== 200) throw new Error(`No metrics: ${status} ${text}`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** What a node needs to be asked for `heldBytes`. */
export const COLLECTING = {
  NODE_OPTIONS: `--import ${new URL('../../../infra/collect-garbage.mjs', import.meta.url).href}`,
} as const;

/** Memory that a node holds, once what nothing holds is collected. */
export async function heldBytes(node: SpawnedNode): Promise<number> {
  const times = () => Number(/.*"collected":(\d+)/s.exec(node.output())?.[1] ?? 0);
  const before = times();
  process.kill(node.pid, 'SIGUSR2');
  await until(() => times() > before);
  const figures = ['nodejs_heap_size_used_bytes', 'nodejs_external_memory_bytes'];
  const [heap = 0, beside = 0] = await Promise.all(figures.map((name) => metricOf(node, name)));
  return heap + beside;
}

/** Memory that a node has taken, collected or not. */
export function residentBytes(node: SpawnedNode): Promise<number> {
  return metricOf(node, 'process_resident_memory_bytes');
}
