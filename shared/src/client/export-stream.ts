import { PinroomError } from './errors.js';

/** [CLIENT-23] The body of an export, which either comes whole or fails: with `offline` where it breaks off. */
export function exportStream(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch {
          controller.error(new PinroomError('offline', 'The export broke off: it is not whole.'));
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read ahead of who reads.
    { highWaterMark: 0 },
  );
}
