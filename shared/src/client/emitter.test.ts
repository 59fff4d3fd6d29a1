import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from './emitter.js';

class Bell extends Emitter<{ ring: number }> {
  ring(times: number): void {
    this.emit('ring', times);
  }
}

describe('an emitter', () => {
  /** What would surface as uncaught. */
  const uncaught: (() => void)[] = [];
  beforeEach(() => {
    uncaught.length = 0;
    vi.stubGlobal('queueMicrotask', (task: () => void) => uncaught.push(task));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('goes on when a listener throws: the others hear it, and the fault surfaces on its own', () => {
    const bell = new Bell();
    const heard: number[] = [];
    bell.on('ring', (times) => heard.push(times));
    bell.on('ring', () => {
      throw new Error('of the application');
    });
    bell.on('ring', (times) => heard.push(times * 10));
    bell.ring(1);
    bell.ring(2);
    expect(heard).toEqual([1, 10, 2, 20]);
    expect(uncaught).toHaveLength(2);
    expect(uncaught[0]).toThrow('of the application');
  });

  it('tells a listener no more once it is taken away, and a single one once', () => {
    const bell = new Bell();
    const heard: string[] = [];
    const off = bell.on('ring', (times) => heard.push(`on ${times}`));
    bell.once('ring', (times) => heard.push(`once ${times}`));
    bell.ring(1);
    off();
    bell.ring(2);
    expect(heard).toEqual(['on 1', 'once 1']);
  });
});
