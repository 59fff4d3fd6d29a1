/**
 * Work whose result is wanted as of now, by many at once: who asks while it runs shares the next run
 * with all who ask meanwhile, as the one that runs may have looked too early.
 */
export class NextFlights<K, V> {
  /** Resolves when the work of a key is done, however it went. */
  readonly #running = new Map<K, Promise<void>>();
  readonly #next = new Map<K, Promise<Begun<V>>>();

  /** The result of the work, and of what nobody shares: that begins in the same turn, right behind. */
  async run<O>(key: K, work: () => Promise<V>, own: () => Promise<O>): Promise<[V, O]> {
    const { flight } = await this.#board(key, work);
    return Promise.all([flight, own()]);
  }

  /** Resolves when the work has begun whose result counts. */
  #board(key: K, work: () => Promise<V>): Promise<Begun<V>> {
    const running = this.#running.get(key);
    if (!running) return Promise.resolve({ flight: this.#start(key, work) });
    let next = this.#next.get(key);
    if (!next) {
      next = running.then(() => {
        this.#next.delete(key);
        return { flight: this.#start(key, work) };
      });
      this.#next.set(key, next);
    }
    return next;
  }

  #start(key: K, work: () => Promise<V>): Promise<V> {
    const flight = work();
    const over = () => void this.#running.delete(key);
    this.#running.set(key, flight.then(over, over));
    return flight;
  }
}

/** Boxed, so that waiting for the beginning is not waiting for the end. */
interface Begun<V> {
  readonly flight: Promise<V>;
}
