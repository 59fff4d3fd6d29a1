import { describe, expect, it } from 'vitest';
import { HandWoundClock } from '../../test/support/hand-wound-clock.js';
import { silentLogger } from '../engine/runtime/logger.js';
import { Supervisor, type WorkerEvents } from './supervisor.js';
import type { ToWorker } from './worker-messages.js';

interface Fork {
  readonly number: number;
  readonly atMs: number;
  readonly events: WorkerEvents;
  /** All but pings. */
  readonly heard: ToWorker[];
  hangs: boolean;
  isKilled: boolean;
}

/** A supervisor whose workers do what the test says. */
function open(count: number) {
  const clock = new HandWoundClock();
  const startedAt = clock.now();
  const forks: Fork[] = [];
  const ready: string[] = [];
  let status: number | undefined;
  const supervisor = new Supervisor({
    count,
    stopMs: 30_000,
    clock,
    logger: silentLogger,
    onReady: ({ description }) => void ready.push(description),
    fork(number, events) {
      const atMs = clock.now() - startedAt;
      const fork: Fork = { number, atMs, events, heard: [], hangs: false, isKilled: false };
      forks.push(fork);
      return {
        pid: forks.length,
        send(message) {
          if (message.kind !== 'ping') fork.heard.push(message);
          else if (!fork.hangs) queueMicrotask(() => events.said({ kind: 'pong' }));
        },
        kill() {
          fork.isKilled = true;
          queueMicrotask(() => events.ended(null));
        },
      };
    },
  });
  void supervisor.run().then((ended) => {
    status = ended;
  });
  /** The newest process of a worker. */
  const newest = (number: number): Fork => {
    const fork = forks.findLast((one) => one.number === number);
    if (!fork) throw new Error(`Worker ${number} was not started.`);
    return fork;
  };
  const serve = async (number: number) => {
    newest(number).events.said({ kind: 'ready', version: '1', description: 'uws' });
    await clock.wind(0);
  };
  const end = async (number: number, how: number | null) => {
    newest(number).events.ended(how);
    await clock.wind(0);
  };
  return { clock, end, forks, newest, ready, serve, supervisor, status: () => status };
}

/** Lets a worker end as soon as it is started, so many times; answers the pauses before each next start. */
async function pausesOf(group: ReturnType<typeof open>, worker: number, times: number) {
  const pauses: number[] = [];
  for (let n = 0; n < times; n++) {
    const count = group.forks.length;
    await group.end(worker, 1);
    let pause = 0;
    for (; group.forks.length === count; pause += 100) await group.clock.wind(100);
    pauses.push(pause);
  }
  return pauses;
}

describe('workers', () => {
  it('follow the first one as soon as it serves, and are announced when all do', async () => {
    const { clock, forks, ready, serve } = open(3);
    await clock.wind(5_000);
    expect(forks.map(({ number }) => number)).toEqual([1]);
    await serve(1);
    expect(forks.map(({ number }) => number)).toEqual([1, 2, 3]);
    await serve(3);
    expect(ready).toEqual([]);
    await serve(2);
    expect(ready).toEqual(['uws']);
  });

  it('end with the status of the first one where it cannot start', async () => {
    const { end, forks, status } = open(2);
    await end(1, 2);
    expect(status()).toBe(2);
    expect(forks).toHaveLength(1);
  });

  it('are started again after pauses that double, up to half a minute', async () => {
    const group = open(2);
    await group.serve(1);
    await group.serve(2);
    const pauses = [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000];
    expect(await pausesOf(group, 2, 10)).toEqual(pauses);
    await group.serve(2);
    await group.clock.wind(60_000);
    expect(await pausesOf(group, 2, 2)).toEqual([200, 400]);
    expect(group.ready).toHaveLength(1);
  });

  it('go on as long as one serves, and end when none of them starts any more', async () => {
    const group = open(2);
    await group.serve(1);
    await group.serve(2);
    expect(await pausesOf(group, 2, 7)).toHaveLength(7);
    expect(group.status()).toBeUndefined();
    await group.end(1, null);
    for (let n = 0; n < 5; n++) {
      expect(group.status()).toBeUndefined();
      await group.clock.wind(30_000);
      for (const worker of [1, 2]) await group.end(worker, 3);
    }
    expect(group.status()).toBe(3);
  });

  it('that hang are killed and started again; those that answer, or only begin, are not', async () => {
    const { clock, forks, newest, serve } = open(3);
    await serve(1);
    await serve(2);
    for (const worker of [2, 3]) newest(worker).hangs = true;
    const killed = () => forks.filter(({ isKilled }) => isKilled).map(({ number }) => number);
    await clock.wind(19_000);
    // Slow is not dead.
    newest(2).events.said({ kind: 'pong' });
    await clock.wind(19_000);
    expect(killed()).toEqual([]);
    await clock.wind(6_000);
    expect(killed()).toEqual([2]);
    await clock.wind(200);
    expect(forks.map(({ number }) => number)).toEqual([1, 2, 3, 2]);
    await clock.wind(60_000);
    expect(killed()).toEqual([2]);
  });

  it('that have not served for long are not taken to be steady', async () => {
    const group = open(2);
    await group.serve(1);
    await group.serve(2);
    await group.end(2, 1);
    await group.clock.wind(200);
    await group.serve(2);
    await group.clock.wind(59_000);
    expect(await pausesOf(group, 2, 1)).toEqual([400]);
  });

  it('stop together, and the whole with 0 where all have stopped cleanly', async () => {
    const { clock, end, newest, serve, supervisor, status } = open(2);
    await serve(1);
    supervisor.stop();
    supervisor.stop();
    for (const worker of [1, 2]) expect(newest(worker).heard).toEqual([{ kind: 'stop' }]);
    await end(1, 0);
    await clock.wind(1_000);
    expect(status()).toBeUndefined();
    await end(2, 0);
    expect(status()).toBe(0);
  });

  it('that do not stop in time are killed, and the whole does not end with 0', async () => {
    const { clock, end, newest, serve, supervisor, status } = open(2);
    await serve(1);
    await serve(2);
    supervisor.stop();
    await end(1, 0);
    await clock.wind(31_000);
    expect(newest(2).isKilled).toBe(false);
    await clock.wind(2_000);
    expect(newest(2).isKilled).toBe(true);
    expect(status()).toBe(1);
  });

  it('are not started again once they are to stop', async () => {
    const { clock, end, forks, serve, supervisor, status } = open(2);
    await serve(1);
    await serve(2);
    await end(2, null);
    supervisor.stop();
    await end(1, 0);
    await clock.wind(60_000);
    expect(forks).toHaveLength(2);
    expect(status()).toBe(0);
  });

  it('give their figures to the one that is asked for them; who does not answer is left out', async () => {
    const { clock, newest, serve } = open(3);
    for (const worker of [1, 2]) await serve(worker);
    newest(2).events.said({ kind: 'ask-figures', ask: 7 });
    await clock.wind(0);
    const asked = newest(1).heard[0];
    if (asked?.kind !== 'give-figures') throw new Error('It was not asked.');
    newest(1).events.said({ kind: 'figures', ask: asked.ask, text: 'one' });
    newest(1).events.said({ kind: 'figures', ask: asked.ask, text: 'one again' });
    await clock.wind(1_900);
    expect(newest(2).heard.map(({ kind }) => kind)).toEqual(['give-figures']);
    await clock.wind(200);
    expect(newest(2).heard.at(-1)).toEqual({ kind: 'all-figures', ask: 7, texts: ['one'] });
    expect(newest(3).heard).toEqual([]);
  });
});
