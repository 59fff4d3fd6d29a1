/** Gives each line of a chart a look of its own and keeps it for as long as the line is there. */
export class SlotBook {
  readonly #size: number;
  readonly #taken = new Map<string, number>();

  constructor(size: number) {
    this.#size = size;
  }

  /** The slots of these lines, which are the only ones now; at most as many as there are slots. */
  slotsOf(keys: readonly string[]): ReadonlyMap<string, number> {
    for (const key of this.#taken.keys()) if (!keys.includes(key)) this.#taken.delete(key);
    for (const key of keys) {
      if (this.#taken.has(key)) continue;
      const used = new Set(this.#taken.values());
      let slot = 0;
      while (used.has(slot)) slot++;
      if (slot < this.#size) this.#taken.set(key, slot);
    }
    return new Map(this.#taken);
  }
}
