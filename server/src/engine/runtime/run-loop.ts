import type { Clock } from './clock.js';
import type { Logger } from './logger.js';

export interface LoopOptions {
  /** In logs. */
  readonly name: string;
  /** The pause between rounds, or what says it after each of them. */
  readonly everyMs: number | (() => number);
  /** Longest pause after failures in a row; the pause doubles up to it. */
  readonly maxPauseMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A background loop: one round after the other, with a pause between, until it is stopped. */
export interface Loop {
  /** Ends the pause: the next round starts now, or right after the one that runs. */
  wake(): void;
  /** Waits for the round that runs. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Runs `round` again and again. A round that throws is logged (once per run of failures) and the
 * pause grows; it never ends the loop. A round that answers true asks for the next one at once.
 */
export function runLoop(
  options: LoopOptions,
  // biome-ignore lint/suspicious/noConfusingVoidType: a round may simply end without an answer.
  round: (signal: AbortSignal) => Promise<boolean | void>,
): Loop {
  const { name, clock, logger } = options;
  const stopping = new AbortController();
  let pause = new AbortController();
  let woken = false;
  let failures = 0;

  async function rounds(): Promise<void> {
    while (!stopping.signal.aborted) {
      let again: boolean | undefined;
      try {
        again = (await round(stopping.signal)) === true;
        if (failures > 0) logger.info({ loop: name, failures }, 'loop works again');
        failures = 0;
      } catch (fault) {
        failures += 1;
        if (stopping.signal.aborted) return;
        if (failures === 1) logger.warn({ loop: name, err: fault }, 'loop round failed');
      }
      if (stopping.signal.aborted) return;
      if (again || (woken && failures === 0)) {
        woken = false;
        // Lets I/O in between rounds that follow each other at once.
        await clock.sleep(0);
        continue;
      }
      woken = false;
      pause = new AbortController();
      await clock.sleep(pauseMs(options, failures), pause.signal);
    }
  }

  const running = rounds();
  return {
    wake() {
      woken = true;
      pause.abort();
    },
    async stop() {
      stopping.abort();
      pause.abort();
      await running;
    },
  };
}

/** The pause after a round; it doubles with each failure in a row. */
function pauseMs({ everyMs, maxPauseMs }: LoopOptions, failures: number): number {
  const usualMs = typeof everyMs === 'number' ? everyMs : everyMs();
  if (failures === 0) return usualMs;
  const longestMs = maxPauseMs ?? Math.max(usualMs, 5_000);
  const firstMs = Math.max(Math.min(usualMs, longestMs), 100);
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures, 10));
}
