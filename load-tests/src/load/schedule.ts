const SECOND_MS = 1_000;

export interface Plan {
  readonly startAt: number;
  readonly perSecond: number;
  /** In [0, 1): where in the interval the first turn is, so that many plans do not beat together. */
  readonly phase: number;
  /** No turn is due at this moment or later. */
  readonly endAt: number;
}

/** When the turn with this number is due; null: the plan is over by then. Nothing adds up errors. */
export function dueAt({ startAt, perSecond, phase, endAt }: Plan, number: number): number | null {
  if (!(perSecond > 0)) return null;
  const at = startAt + ((number + phase) * SECOND_MS) / perSecond;
  return at < endAt ? at : null;
}

interface Item {
  readonly at: number;
  /** Of two for the same moment the older one goes first. */
  readonly order: number;
  readonly act: (at: number) => void;
}

export interface AgendaClock {
  now(): number;
  /** Calls back once, so long from now or a little later; returns what cancels it. */
  after(ms: number, callback: () => void): () => void;
}

/**
 * Does what is due, in the order of the moments, with one timer. What is overdue is done at once: a
 * late turn neither shifts nor drops the ones after it.
 */
export class Agenda {
  readonly #clock: AgendaClock;
  /** A heap: each item is due no later than the two below it. */
  readonly #items: Item[] = [];
  #order = 0;
  #wakeAt = Number.POSITIVE_INFINITY;
  #cancel = () => {};
  #isRunning = false;

  constructor(clock: AgendaClock) {
    this.#clock = clock;
  }

  add(at: number, act: (at: number) => void): void {
    const items = this.#items;
    items.push({ at, order: this.#order++, act });
    for (let child = items.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!isBefore(items[child], items[parent])) break;
      this.#swap(child, parent);
      child = parent;
    }
    if (!this.#isRunning) this.#plan();
  }

  /** Forgets everything. */
  clear(): void {
    this.#items.length = 0;
    this.#cancel();
    this.#wakeAt = Number.POSITIVE_INFINITY;
  }

  #run(): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#isRunning = true;
    try {
      for (let next = this.#items[0]; next && next.at <= this.#clock.now(); next = this.#items[0]) {
        this.#takeFirst();
        next.act(next.at);
      }
    } finally {
      this.#isRunning = false;
      this.#plan();
    }
  }

  #plan(): void {
    const at = this.#items[0]?.at;
    if (at === undefined || at >= this.#wakeAt) return;
    this.#cancel();
    this.#wakeAt = at;
    this.#cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), () => this.#run());
  }

  #takeFirst(): void {
    const items = this.#items;
    const last = items.pop();
    if (!last || items.length === 0) return;
    items[0] = last;
    for (let parent = 0; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2];
      let least = parent;
      if (isBefore(items[left], items[least])) least = left;
      if (isBefore(items[right], items[least])) least = right;
      if (least === parent) return;
      this.#swap(parent, least);
      parent = least;
    }
  }

  #swap(a: number, b: number): void {
    const items = this.#items;
    [items[a], items[b]] = [items[b] as Item, items[a] as Item];
  }
}

function isBefore(a: Item | undefined, b: Item | undefined): boolean {
  if (!a || !b) return false;
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}
