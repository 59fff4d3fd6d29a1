/** Time as the library needs it; tests bring their own. */
export interface ClientClock {
  /** Milliseconds that only grow, whatever happens to the device's clock. */
  monotonic(): number;
  /** Milliseconds since 1970 as the device believes. */
  wall(): number;
  /** Calls back once; returns what cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: ClientClock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/** Something to wait for that can be woken early. */
export class Pause {
  readonly #clock: ClientClock;
  readonly #sleepers = new Set<() => void>();

  constructor(clock: ClientClock) {
    this.#clock = clock;
  }

  /** Resolves after `ms`, at the next `wake()`, or once the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#sleepers.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.#clock.after(Math.max(0, ms), done);
      this.#sleepers.add(done);
      signal?.addEventListener('abort', done);
      if (signal?.aborted) done();
    });
  }

  wake(): void {
    for (const done of [...this.#sleepers]) done();
  }
}
