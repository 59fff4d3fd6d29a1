import type { Clock } from '../../engine/runtime/clock.js';

/** Something long that is handed out page by page. */
export interface Pages {
  /** The next page; null: that was all. Rejects where the rest cannot be had. */
  next(): Promise<string | null>;
  /** To be called in any case, when no further page is wanted. */
  close(): void;
}

/** How long a client may take for a page: a slower one would keep others waiting. */
const PAGE_MS = 30_000;
/** And how fast it has to be on the whole, characters a second, once this long has passed. */
const SLOWEST = 64 * 1_024;
const GRACE_MS = 60_000;

const encoder = new TextEncoder();

/**
 * A body that is read from its source only as fast as the client takes it. What fails half way, and a
 * client that stops reading, breaks the transfer: an answer that ends in order is whole.
 */
export function streamOf(pages: Pages, clock: Clock): ReadableStream<Uint8Array> {
  let patience: { cancel(): void };
  let isLate = false;
  const startedAt = clock.now();
  let taken = 0;
  const isTooSlow = () => {
    const ms = clock.now() - startedAt;
    return isLate || (ms > GRACE_MS && taken / (ms / 1_000) < SLOWEST);
  };
  const wait = () => {
    patience = clock.after(PAGE_MS, () => {
      isLate = true;
      pages.close();
    });
  };
  return new ReadableStream(
    {
      start: wait,
      async pull(controller) {
        patience.cancel();
        try {
          if (isTooSlow()) throw new Error('the client reads too slowly');
          const page = await pages.next();
          if (page === null) {
            controller.close();
            pages.close();
          } else {
            taken += page.length;
            controller.enqueue(encoder.encode(page));
            wait();
          }
        } catch (fault) {
          pages.close();
          throw fault;
        }
      },
      cancel() {
        patience.cancel();
        pages.close();
      },
    },
    // Nothing is read ahead: what waits here would wait for every client.
    { highWaterMark: 0 },
  );
}
