// One of the processes that play a load test. The coordinator asks over the channel of `fork`; when
// the channel is gone, so is the reason for this process.

import { PinroomError } from '@pinroom/client';
import { LoadWorker } from './load-worker.js';
import type { FromWorker, ToWorker } from './messages.js';

const tell = (message: FromWorker) => {
  if (process.connected) process.send?.(message);
};
function textOf(fault: unknown): string {
  if (fault instanceof PinroomError) return `${fault.code}: ${fault.message}`;
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
}
const broken = (fault: unknown) => tell({ kind: 'broken', text: textOf(fault) });

const worker = new LoadWorker(broken);

async function answer({ id, name, input }: ToWorker): Promise<void> {
  try {
    const handle = worker.handlers[name] as (input: unknown) => unknown;
    const value = await handle(input);
    // The answer comes behind everything that was counted until then.
    const tick = name === 'ping' || name === 'take' ? null : worker.tick(false);
    if (tick) tell(tick);
    tell({ kind: 'answer', id, value });
  } catch (fault) {
    tell({ kind: 'fault', id, text: textOf(fault) });
  }
}

process.on('message', (message: ToWorker) => void answer(message));
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', broken);
process.on('unhandledRejection', broken);
// The terminal's Ctrl+C goes to all; the coordinator decides what comes of it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
