import type { Resilience } from './resilience.js';

/** What a class whose methods carry `@retry()` must offer. */
export interface Resilient {
  readonly resilience: Resilience;
}

/** For methods that are safe to repeat: reads and idempotent writes. See {@link Resilience}. */
export function retry() {
  return <This extends Resilient, A extends unknown[], R>(
    method: (this: This, ...args: A) => Promise<R>,
    _context: ClassMethodDecoratorContext<This, (this: This, ...args: A) => Promise<R>>,
  ) =>
    function (this: This, ...args: A): Promise<R> {
      return this.resilience.execute(() => method.apply(this, args));
    };
}
