/**
 * Work whose result is wanted as of now, by many at once: who asks while it runs shares the next run
 * with all who ask meanwhile, as the one that runs may have looked too early.
 */
export class NextFlights<K, V> {
  /** Resolves when the work of a key is done, however it went. */
  readonly #running = new Map<K, Promise<void>>();
  readonly #next = new Map<K, Promise<V>>();

  run(key: K, work: () => Promise<V>): Promise<V> {
    const running = this.#running.get(key);
    if (!running) return this.#start(key, work);
    let next = this.#next.get(key);
    if (!next) {
      next = running.then(() => {
        this.#next.delete(key);
        return this.#start(key, work);
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
