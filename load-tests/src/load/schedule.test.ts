import { describe, expect, it } from 'vitest';
import { Agenda, dueAt } from './schedule.js';

const PLAN = { startAt: 1_000, perSecond: 4, phase: 0.5, endAt: 2_000 };

/** A clock that stands until it is moved; timers fire when it passes them, as late as it likes. */
function handWoundClock() {
  let now = 0;
  const timers = new Set<{ at: number; callback: () => void }>();
  return {
    now: () => now,
    after(ms: number, callback: () => void) {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    moveTo(at: number) {
      now = at;
      for (const timer of [...timers]) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.callback();
      }
    },
    get waiting() {
      return timers.size;
    },
  };
}

describe('a plan', () => {
  it('has its turns at a fixed distance, and none at its end or later', () => {
    const moments = Array.from({ length: 5 }, (_, number) => dueAt(PLAN, number));
    expect(moments).toEqual([1_125, 1_375, 1_625, 1_875, null]);
  });

  it('does not add up errors over a day', () => {
    const day = { startAt: 0, perSecond: 3, phase: 0, endAt: 86_400_001 };
    expect(dueAt(day, 86_400 * 3)).toBe(86_400_000);
  });

  it('without a rate has no turns', () => {
    expect(dueAt({ ...PLAN, perSecond: 0 }, 0)).toBeNull();
  });
});

describe('an agenda', () => {
  it('does what is due in the order of the moments, and of the same moment in the order of adding', () => {
    const clock = handWoundClock();
    const agenda = new Agenda(clock);
    const done: string[] = [];
    const moments = [70, 30, 50, 30, 10, 60, 20];
    moments.forEach((at, index) => {
      agenda.add(at, () => done.push(`${at}:${index}`));
    });
    clock.moveTo(55);
    expect(done).toEqual(['10:4', '20:6', '30:1', '30:3', '50:2']);
    clock.moveTo(100);
    expect(done.slice(5)).toEqual(['60:5', '70:0']);
    expect(clock.waiting).toBe(0);
  });

  it('tells late turns their own moments, drops none and shifts none', () => {
    const clock = handWoundClock();
    const agenda = new Agenda(clock);
    const taken: { at: number; now: number }[] = [];
    const follow = (number: number) => {
      const at = dueAt({ startAt: 0, perSecond: 100, phase: 0, endAt: 100 }, number);
      if (at === null) return;
      agenda.add(at, () => {
        follow(number + 1);
        taken.push({ at, now: clock.now() });
      });
    };
    follow(0);
    clock.moveTo(5);
    // The process stands still for 60 ms.
    clock.moveTo(65);
    clock.moveTo(70);
    expect(taken.map(({ at }) => at)).toEqual([0, 10, 20, 30, 40, 50, 60, 70]);
    expect(taken.map(({ now }) => now)).toEqual([5, 65, 65, 65, 65, 65, 65, 70]);
  });

  it('forgets everything when it is cleared', () => {
    const clock = handWoundClock();
    const agenda = new Agenda(clock);
    agenda.add(10, () => expect.unreachable());
    agenda.clear();
    clock.moveTo(20);
    expect(clock.waiting).toBe(0);
  });
});
