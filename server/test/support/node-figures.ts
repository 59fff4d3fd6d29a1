import { call } from './http-calls.js';
import { SHARED_SECRETS, type SpawnedNode } from './spawn-node.js';

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

/** Memory that a node holds. */
export function residentBytes(node: SpawnedNode): Promise<number> {
  return metricOf(node, 'process_resident_memory_bytes');
}
