import { computed, signal } from '@preact/signals';

/** The way through pages that are found by cursors: forward by what the last answer named, back by memory. */
export class Pages {
  readonly #trail = signal<readonly string[]>([]);

  /** The cursor of the page that is shown; undefined: the first one. */
  get cursor(): string | undefined {
    return this.#trail.value.at(-1);
  }

  readonly number = computed(() => this.#trail.value.length + 1);

  next(cursor: string): void {
    this.#trail.value = [...this.#trail.value, cursor];
  }

  back(): void {
    this.#trail.value = this.#trail.value.slice(0, -1);
  }

  first(): void {
    this.#trail.value = [];
  }
}
