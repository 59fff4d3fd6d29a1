import { describe, expect, it } from 'vitest';
import { NextFlights } from './next-flights.js';

/** Work that ends when it is told to; its result is its number. */
class Works {
  readonly ends: ((fault?: Error) => void)[] = [];

  begin = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const number = this.ends.length;
      this.ends.push((fault) => (fault ? reject(fault) : resolve(number)));
    });
}

const settled = () => new Promise(setImmediate);

/** The result of the work alone. */
async function shared<V>(flights: NextFlights<string, V>, key: string, work: () => Promise<V>) {
  return (await flights.run(key, work, async () => {}))[0];
}

describe('work whose result is wanted as of now', () => {
  it('begins at once for the first, and once more for all who ask while it runs', async () => {
    const [flights, works] = [new NextFlights<string, number>(), new Works()];
    const asked = ['a', 'a', 'a'].map((key) => shared(flights, key, works.begin));
    expect(works.ends).toHaveLength(1);
    works.ends[0]?.();
    await settled();
    // Who asks while the second one runs needs a third one.
    const late = shared(flights, 'a', works.begin);
    expect(works.ends).toHaveLength(2);
    works.ends[1]?.();
    expect(await Promise.all(asked)).toEqual([0, 1, 1]);
    await settled();
    works.ends[2]?.();
    expect(await late).toBe(2);
    await settled();
    const again = shared(flights, 'a', works.begin);
    works.ends[3]?.();
    expect(await again).toBe(3);
  });

  it('begins what is one’s own together with the shared work, not before', async () => {
    const [flights, works] = [new NextFlights<string, number>(), new Works()];
    const begun: string[] = [];
    const ask = (name: string) =>
      flights.run('a', works.begin, async () => {
        begun.push(`${name} beside ${works.ends.length - 1}`);
        return name;
      });
    const asked = [ask('ann'), ask('bob'), ask('cid')];
    await settled();
    expect(begun).toEqual(['ann beside 0']);
    works.ends[0]?.();
    await settled();
    works.ends[1]?.();
    expect(await Promise.all(asked)).toEqual([
      [0, 'ann'],
      [1, 'bob'],
      [1, 'cid'],
    ]);
    expect(begun).toEqual(['ann beside 0', 'bob beside 1', 'cid beside 1']);
  });

  it('fails for those alone whose run failed, and keeps keys apart', async () => {
    const [flights, works] = [new NextFlights<string, number>(), new Works()];
    const [first, second] = [shared(flights, 'a', works.begin), shared(flights, 'a', works.begin)];
    const other = shared(flights, 'b', works.begin);
    works.ends[0]?.(new Error('away'));
    await expect(first).rejects.toThrow('away');
    works.ends[1]?.();
    expect(await other).toBe(1);
    await settled();
    works.ends[2]?.();
    expect(await second).toBe(2);
  });
});
