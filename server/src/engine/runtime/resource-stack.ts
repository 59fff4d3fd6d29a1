/**
 * What `AsyncDisposableStack` is on Node 24; Node 20 has the symbols but not the class. Releases in
 * reverse order of acquisition, every one of them, and reports what failed.
 */
export class ResourceStack implements AsyncDisposable {
  readonly #releases: (() => unknown)[] = [];
  readonly #onFault: ((fault: unknown) => void) | undefined;
  #released: Promise<void> | undefined;

  /**
   * `onFault` is told what failed, and the release itself never rejects: for a scope that is left
   * because of a fault, which is the one that counts.
   */
  constructor(onFault?: (fault: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Holds a resource and hands it back. */
  use<T extends AsyncDisposable | Disposable>(resource: T): T {
    this.defer(() =>
      Symbol.asyncDispose in resource
        ? resource[Symbol.asyncDispose]()
        : resource[Symbol.dispose](),
    );
    return resource;
  }

  /** Runs `release` when the stack is released. */
  defer(release: () => unknown): void {
    if (this.#released !== undefined) throw new ReferenceError('the stack was released already');
    this.#releases.push(release);
  }

  /** Hands everything held to a new stack without `onFault`; this one holds nothing afterwards. */
  move(): ResourceStack {
    const next = new ResourceStack();
    for (const release of this.#releases.splice(0)) next.defer(release);
    return next;
  }

  /** Releases everything once; later calls wait for the first. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    const faults: unknown[] = [];
    const note = this.#onFault ?? ((fault) => faults.push(fault));
    for (const release of this.#releases.splice(0).reverse()) {
      try {
        await release();
      } catch (fault) {
        note(fault);
      }
    }
    if (faults.length === 1) throw faults[0];
    if (faults.length > 1) throw new AggregateError(faults, 'several resources failed to close');
  }
}
