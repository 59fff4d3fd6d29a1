type Listener<P> = (payload: P) => void;

/** Typed events. A listener that throws disturbs neither the others nor the one who emits. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Calls `listener` at each event; returns what takes it away again. */
  on<N extends keyof Events>(name: N, listener: Listener<Events[N]>): () => void {
    let listeners = this.#listeners.get(name);
    if (!listeners) {
      listeners = new Set();
      this.#listeners.set(name, listeners);
    }
    listeners.add(listener);
    return () => this.off(name, listener);
  }

  once<N extends keyof Events>(name: N, listener: Listener<Events[N]>): () => void {
    const off = this.on(name, (payload) => {
      off();
      listener(payload);
    });
    return off;
  }

  off<N extends keyof Events>(name: N, listener: Listener<Events[N]>): void {
    this.#listeners.get(name)?.delete(listener);
  }

  protected emit<N extends keyof Events>(name: N, payload: Events[N]): void {
    const listeners = this.#listeners.get(name) as Set<Listener<Events[N]>> | undefined;
    if (!listeners) return;
    for (const listener of [...listeners]) tell(listener, payload);
  }
}

/** Calls a listener of the application; what it throws surfaces as uncaught, and the flow goes on. */
export function tell<P>(listener: Listener<P>, payload: P): void {
  try {
    listener(payload);
  } catch (fault) {
    queueMicrotask(() => {
      throw fault;
    });
  }
}
