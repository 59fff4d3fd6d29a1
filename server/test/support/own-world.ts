import { afterAll, vi } from 'vitest';

/** Unit tests share processes: each file begins with modules, timers and globals as if it were alone. */
vi.resetModules();

afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
