import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.js';
import { silentLogger } from './logger.js';
import { noMetrics } from './metrics.js';
import { NodeLife } from './node-life.js';
import { systemRandom } from './random.js';

/** A life whose clock is wound by hand; `lost`: what the store says of the next renewal. */
function openLife() {
  const state = { now: 1_000_000, lost: false, away: false, renewals: 0, deaths: 0, told: -1 };
  const life = new NodeLife({
    clock: { ...systemClock, now: () => state.now },
    random: systemRandom,
    logger: silentLogger,
    metrics: { ...noMetrics, set: (_, tags) => void Object.assign(state, { told: tags }) },
    onLost: () => void state.deaths++,
    leases: {
      async renew() {
        state.renewals++;
        if (state.away) throw new Error('the store is away');
        const { lost } = state;
        await new Promise((answered) => setImmediate(answered));
        state.lost = false;
        return { tags: ['00'], lost };
      },
      end: async () => {},
    },
  });
  return { life, state };
}

describe('the life of a process', () => {
  it('asks the store whether it goes on only where that is not sure', async () => {
    const { life, state } = openLife();
    await life.ensure();
    expect(state.renewals).toBe(1);
    state.now += 5_000;
    await life.ensure();
    expect(state.renewals).toBe(1);
    state.now += 5_000;
    await Promise.all([life.ensure(), life.ensure(), life.takeFree()]);
    expect(state.renewals).toBe(2);
    expect(state.deaths).toBe(0);
  });

  it('ends once when it was judged dead, whoever finds out', async () => {
    const { life, state } = openLife();
    await life.ensure();
    const before = life.id;
    state.now += 60_000;
    state.lost = true;
    await Promise.all([life.ensure(), life.takeFree(), life.ensure()]);
    expect(state.deaths).toBe(1);
    expect(life.id).not.toBe(before);
    expect(life.tags).toEqual(['00']);
  });

  it('tells that it looks after nothing once its lease may have run out, whoever is away', async () => {
    const { life, state } = openLife();
    await life.ensure();
    expect(state.told).toBe(1);
    state.away = true;
    state.now += 5_000;
    await expect(life.takeFree()).rejects.toThrow('away');
    expect(state.told).toBe(1);
    state.now += 5_000;
    await expect(life.takeFree()).rejects.toThrow('away');
    expect(state.told).toBe(0);
  });
});
