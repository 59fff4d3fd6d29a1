import { describe, expect, it } from 'vitest';
import { ResourceStack } from './resource-stack.js';

describe('a stack of resources', () => {
  it('releases in reverse, everything, and once', async () => {
    const released: string[] = [];
    const stack = new ResourceStack();
    stack.use({ [Symbol.dispose]: () => void released.push('first') });
    stack.use({ [Symbol.asyncDispose]: async () => void released.push('second') });
    stack.defer(() => {
      released.push('third');
      throw new Error('third failed');
    });
    await expect(stack[Symbol.asyncDispose]()).rejects.toThrow('third failed');
    await expect(stack[Symbol.asyncDispose]()).rejects.toThrow('third failed');
    expect(released).toEqual(['third', 'second', 'first']);
  });

  it('reports several failures together', async () => {
    const stack = new ResourceStack();
    stack.defer(() => Promise.reject(new Error('a')));
    stack.defer(() => Promise.reject(new Error('b')));
    await expect(stack[Symbol.asyncDispose]()).rejects.toBeInstanceOf(AggregateError);
  });

  it('leaves the fault that ended the scope as it is where somebody else is told of its own', async () => {
    const told: unknown[] = [];
    const released: string[] = [];
    const start = async () => {
      await using stack = new ResourceStack((fault) => told.push(fault));
      stack.defer(() => released.push('first'));
      stack.defer(() => Promise.reject(new Error('does not close')));
      throw new Error('does not start');
    };
    await expect(start()).rejects.toThrow('does not start');
    expect(told).toMatchObject([{ message: 'does not close' }]);
    expect(released).toEqual(['first']);
  });

  it('hands everything on', async () => {
    const released: string[] = [];
    const stack = new ResourceStack();
    stack.defer(() => released.push('held'));
    const next = stack.move();
    await stack[Symbol.asyncDispose]();
    expect(released).toEqual([]);
    await next[Symbol.asyncDispose]();
    expect(released).toEqual(['held']);
    expect(() => stack.defer(() => {})).toThrow(ReferenceError);
  });
});
