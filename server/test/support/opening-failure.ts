import { descendantsOf, running } from './opening-descendants.js';
import { type SpawnOptions, spawnNode } from './spawn-node.js';
import { until } from './until.js';

/** How a start that fails has to end. */
export interface FailedStart {
  /** Exit status; null after a signal or when it did not end in time. */
  readonly code: number | null;
  readonly output: string;
}

/** Long enough for a loaded machine; a start that hangs shows as such. */
const DEADLINE_MS = 25_000;

/** Starts a node that is expected to give up, and waits until nothing of it runs any more. */
export async function failedStart(options: SpawnOptions): Promise<FailedStart> {
  const node = await spawnNode({ ...options, waitUntilReady: false });
  const family = new Set([node.pid]);
  const watch = setInterval(() => {
    for (const pid of descendantsOf(node.pid)) family.add(pid);
  }, 50);
  let ended = false;
  void node.exited.then(() => {
    ended = true;
  });
  try {
    await until(() => ended, DEADLINE_MS);
  } catch (error) {
    throw new Error(`The node neither started nor gave up:\n${node.output()}`, { cause: error });
  } finally {
    clearInterval(watch);
  }
  await until(() => running([...family]).length === 0, 3_000);
  return { code: await node.exited, output: node.output() };
}
