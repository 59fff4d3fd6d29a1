import { PinroomError } from '@pinroom/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { PointsDelivery } from './points-delivery.js';

let seq = 0;
let sent: unknown[];
let faults: PinroomError[];
let lost: unknown[];
let handle: ConstructorParameters<typeof PointsDelivery>[0];

/** As it is after a reload: what is remembered outlives it. */
const delivery = () => new PointsDelivery(handle, (fault) => lost.push(fault));

beforeEach(() => {
  [sent, faults, lost] = [[], [], []];
  handle = {
    id: `r-${seq++}`,
    patchState: async (patch: unknown) => {
      const fault = faults.shift();
      if (fault) throw fault;
      return sent.push(patch);
    },
  };
});

describe('the points of a round', () => {
  it('go out once the result is there, all of them and once', async () => {
    const points = delivery();
    points.prepare('1-1', ['a', 'b']);
    await points.deliver();
    expect(sent).toEqual([]);
    await points.settle('1-1', true);
    await points.settle('1-1', true);
    await points.deliver();
    expect(sent).toEqual(['a', 'b']);
  });

  it('are not given where somebody else has closed the round', async () => {
    const points = delivery();
    points.prepare('1-1', ['a']);
    await points.settle('1-1', false);
    await points.settle('1-1', true);
    expect(sent).toEqual([]);
  });

  it('go out again after a lost connection or a reload, whatever is asked meanwhile', async () => {
    delivery().prepare('1-1', ['a', 'b']);
    faults.push(new PinroomError('timeout'));
    await expect(delivery().settle('1-1', true)).rejects.toThrow(PinroomError);
    await delivery().settle('1-2', true);
    expect(sent).toEqual([]);
    await delivery().deliver();
    expect(sent).toEqual(['a', 'b']);
    expect(lost).toEqual([]);
  });

  it('are told to be lost where they cannot be kept, and hold nothing up', async () => {
    const points = delivery();
    points.prepare('1-1', ['a', 'b']);
    faults.push(new PinroomError('payload_too_large'));
    await points.settle('1-1', true);
    await points.deliver();
    expect([sent, lost.length]).toEqual([[], 1]);
  });
});
