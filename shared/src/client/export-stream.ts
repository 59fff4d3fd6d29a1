import type { ClientClock } from './client-clock.js';
import { PinroomError } from './errors.js';

/** The server has the next page within moments, or breaks off: a line that brings nothing for so long is dead. */
const SILENCE_MS = 30_000;

/** [CLIENT-23] The body of an export, which either comes whole or fails: with `offline` where it breaks off. */
export function exportStream(
  body: ReadableStream<Uint8Array>,
  clock: ClientClock,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let isSilent = false;
        const stop = clock.after(SILENCE_MS, () => {
          isSilent = true;
          // The read that waits ends with it, as if that were all.
          reader.cancel().catch(() => {});
        });
        try {
          const { done, value } = await reader.read();
          if (isSilent) throw new PinroomError('offline');
          if (done) controller.close();
          else controller.enqueue(value);
        } catch {
          controller.error(new PinroomError('offline', 'The export broke off: it is not whole.'));
        } finally {
          stop();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read ahead of who reads.
    { highWaterMark: 0 },
  );
}
