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

  /** Resolves after `ms`, or at the next `wake()`. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#sleepers.delete(done);
        resolve();
      };
      const cancel = this.#clock.after(Math.max(0, ms), done);
      this.#sleepers.add(done);
    });
  }

  wake(): void {
    for (const done of [...this.#sleepers]) done();
  }
}
