import type { SystemEntry } from '@pinroom/client/contract';
import type { LogFollower } from '../../engine/connection/operator-api.port.js';
import type { Clock } from '../../engine/runtime/clock.js';

/** Shorter than what proxies and transports take for dead. */
const HEARTBEAT_MS = 15_000;
/** A body that nobody asks for any more for so long has no reader: above what transports wait for one. */
const UNREAD_MS = 60_000;
/** When a reader that was cut comes back. */
const RETRY_MS = 2_000;

const utf8 = new TextEncoder();

/**
 * What a follower gets as Server-Sent Events, for as long as it is read and as fast: nothing is asked for
 * before the last of it has gone out.
 */
export function eventStream(follower: LogFollower, clock: Clock): Response {
  let isBegun = false;
  let unread = clock.after(UNREAD_MS, () => follower.close());
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        unread.cancel();
        // At once, so that the reader has the head of the answer.
        const entries = isBegun ? await follower.next(HEARTBEAT_MS) : [];
        if (entries === null) return controller.close();
        const head = isBegun ? '' : `retry: ${RETRY_MS}\n`;
        const text = entries.length > 0 ? entries.map(eventOf).join('') : `${head}: \n\n`;
        isBegun = true;
        controller.enqueue(utf8.encode(text));
        unread = clock.after(UNREAD_MS, () => {
          follower.close();
          controller.close();
        });
      },
      cancel() {
        unread.cancel();
        follower.close();
      },
    },
    { highWaterMark: 0 },
  );
  const headers = {
    'content-type': 'text/event-stream; charset=utf-8',
    // Of nginx: it would hold back what is not much.
    'x-accel-buffering': 'no',
  };
  return new Response(body, { headers });
}

function eventOf(entry: SystemEntry): string {
  return `id: ${entry.id}\ndata: ${JSON.stringify(entry)}\n\n`;
}
