import { describe, expect, it } from 'vitest';
import { systemClock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { noMetrics } from '../runtime/metrics.js';
import { PinWatch } from './pin-watch.js';

function open() {
  const said: string[] = [];
  const told: unknown[] = [];
  let alarm = 0;
  const note = (_fields: object, message: string) => void said.push(message);
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const set = (_name: string, value: number) => {
    alarm = value;
  };
  const watch = new PinWatch(
    systemClock,
    logger,
    { ...noMetrics, set },
    {
      note: (type, payload) => void told.push({ type, ...payload }),
    },
  );
  const notes = (count: number, result: 'found' | 'missed' | 'refused') => {
    for (let n = 0; n < count; n++) watch.note(result, `session ${n}`);
  };
  return { watch, notes, said, told, alarm: () => alarm };
}

describe('The watch over wrong PINs', () => {
  it('is silent while people mistype, however many get it right', () => {
    const { watch, notes, said, alarm } = open();
    notes(99, 'missed');
    watch.look();
    notes(5_000, 'found');
    notes(900, 'missed');
    watch.look();
    expect([alarm(), said]).toEqual([0, []]);
  });

  it('is not deceived by somebody who looks a right PIN up again and again', () => {
    const { watch, notes, alarm } = open();
    for (let n = 0; n < 5_000; n++) watch.note('found', 'the guesser');
    notes(100, 'missed');
    watch.look();
    expect(alarm()).toBe(1);
  });

  it('raises the alarm once, and takes it back when a minute has passed without', () => {
    const { watch, notes, said, told, alarm } = open();
    notes(60, 'missed');
    watch.look();
    notes(60, 'refused');
    watch.look();
    expect(alarm()).toBe(1);
    notes(500, 'missed');
    watch.look();
    expect(said).toHaveLength(1);
    for (let looks = 0; looks < 6; looks++) watch.look();
    expect(alarm()).toBe(0);
    expect(said).toHaveLength(2);
    expect(told).toMatchObject([
      { type: 'abuse', kind: 'pin-guessing', state: 'begins', wrong: 120 },
      { type: 'abuse', kind: 'pin-guessing', state: 'ends', wrong: 0 },
    ]);
  });
});
