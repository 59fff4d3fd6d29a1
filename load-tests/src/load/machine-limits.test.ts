import { describe, expect, it } from 'vitest';
import { connectionLimits, machineLimit, workerLimits } from './machine-limits.js';

const reached = (limits: readonly { name: string; isReached: boolean }[]) =>
  limits.filter(({ isReached }) => isReached).map(({ name }) => name);
const seconds = (count: number, cpu: number, loopDelayMs: number, worker = 0) =>
  Array.from({ length: count }, () => ({ worker, cpu, loopDelayMs }));

describe('a limit of the machine', () => {
  it('is the open files and ports that the connections take', () => {
    const system = { openFiles: 1_024, ports: 28_232 };
    expect(reached(connectionLimits(system, 500, 500))).toEqual([]);
    expect(reached(connectionLimits(system, 1_000, 26_000))).toEqual(['open files', 'ports']);
    expect(reached(connectionLimits({ openFiles: null, ports: null }, 1e6, 1e6))).toEqual([]);
  });

  it('is the CPU of a worker at 90 %, and an event loop that is held up, if it is more than a moment', () => {
    const quiet = seconds(30, 0.5, 2);
    expect(reached(workerLimits(quiet, 1))).toEqual([]);
    expect(reached(workerLimits([...quiet, ...seconds(1, 1, 50)], 1))).toEqual([]);
    expect(reached(workerLimits([...quiet, ...seconds(10, 0.95, 2)], 1))).toEqual(['worker CPU']);
    expect(reached(workerLimits([...quiet, ...seconds(10, 0.5, 25)], 1))).toEqual(['event loop']);
  });

  it('is the CPU of one worker among many', () => {
    const quiet = Array.from({ length: 15 }, (_, n) => seconds(30, 0.3, 2, n + 1)).flat();
    const limits = workerLimits([...quiet, ...seconds(30, 0.97, 2)], 1);
    expect(reached(limits)).toEqual(['worker CPU']);
  });

  it('is a schedule that the tool does not keep', () => {
    expect(reached(workerLimits([], 11))).toEqual(['schedule']);
    expect(reached(workerLimits([], null))).toEqual([]);
  });

  it('is the machine as a whole, which a server of its own shares', () => {
    expect(machineLimit(0.95, true)).toMatchObject({
      isReached: true,
      text: expect.stringContaining('shares'),
    });
    expect(machineLimit(0.5, false).isReached).toBe(false);
  });
});
