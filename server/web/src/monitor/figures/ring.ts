/** The newest of a row of things; what falls out of it is forgotten. */
export class Ring<T> {
  readonly #capacity: number;
  readonly #kept: T[] = [];
  #oldest = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(item: T): void {
    if (this.#kept.length < this.#capacity) {
      this.#kept.push(item);
      return;
    }
    this.#kept[this.#oldest] = item;
    this.#oldest = (this.#oldest + 1) % this.#capacity;
  }

  /** The oldest first. */
  toArray(): T[] {
    return [...this.#kept.slice(this.#oldest), ...this.#kept.slice(0, this.#oldest)];
  }
}
