import { type ReadonlySignal, signal } from '@preact/signals';

/** A question to the server as signals: only what was asked last counts. */
export class Question<A> {
  readonly #answer = signal<A | null>(null);
  readonly #fault = signal<unknown>(null);
  readonly #isAsking = signal(false);
  #turn = 0;

  /** The last good answer: it stays while there is no newer one. */
  get answer(): ReadonlySignal<A | null> {
    return this.#answer;
  }

  /** Why there is no newer one; null: there is. */
  get fault(): ReadonlySignal<unknown> {
    return this.#fault;
  }

  get isAsking(): ReadonlySignal<boolean> {
    return this.#isAsking;
  }

  /** Null: it failed, or something else was asked meanwhile. */
  async ask(call: () => Promise<A>): Promise<A | null> {
    const turn = ++this.#turn;
    this.#isAsking.value = true;
    try {
      const answer = await call();
      if (turn !== this.#turn) return null;
      this.#answer.value = answer;
      this.#fault.value = null;
      return answer;
    } catch (fault) {
      if (turn === this.#turn) this.#fault.value = fault;
      return null;
    } finally {
      if (turn === this.#turn) this.#isAsking.value = false;
    }
  }

  /** What is on its way counts no more. */
  forget(): void {
    this.#turn++;
    this.#isAsking.value = false;
    this.#answer.value = null;
    this.#fault.value = null;
  }
}
