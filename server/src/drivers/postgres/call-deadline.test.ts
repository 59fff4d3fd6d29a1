import { afterEach, describe, expect, it, vi } from 'vitest';
import { CALL_DEADLINE_MS, CallDeadline } from './call-deadline.js';

afterEach(() => void vi.useRealTimers());

describe('a connection that was lent for a call', () => {
  it('sends nothing once nobody waits for the call any more', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const deadline = new CallDeadline(CALL_DEADLINE_MS);
    const forEver = new CallDeadline(Number.POSITIVE_INFINITY);
    vi.advanceTimersByTime(CALL_DEADLINE_MS);
    deadline.check();
    vi.advanceTimersByTime(1);
    expect(() => deadline.check()).toThrow('the deadline of the call has passed');
    forEver.check();
  });
});
