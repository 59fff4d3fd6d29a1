import { describe, expect, it } from 'vitest';
import { changeOf, faultOf, NEW_ROOM } from './room-form-values.js';

describe('what a host says about a room', () => {
  it('is all of it for a new one', () => {
    const values = { ...NEW_ROOM, title: ' Quiz ', hasPasscode: true, passcode: ' owl ' };
    expect(changeOf(values, null)).toEqual({
      title: 'Quiz',
      capacity: 1_000,
      settings: {
        playersMaySend: false,
        slowModeSeconds: 0,
        approval: false,
        onHostGone: 'keep',
        passcode: 'owl',
      },
    });
  });

  it('is what has changed for one that exists', () => {
    expect(changeOf(NEW_ROOM, NEW_ROOM)).toEqual({});
    expect(changeOf({ ...NEW_ROOM, capacity: '20', approval: true }, NEW_ROOM)).toEqual({
      capacity: 20,
      settings: { approval: true },
    });
  });

  it('keeps, changes and removes the passcode', () => {
    const secret = { ...NEW_ROOM, hasPasscode: true };
    expect(changeOf(secret, secret)).toEqual({});
    expect(changeOf({ ...secret, passcode: 'new' }, secret).settings).toEqual({ passcode: 'new' });
    expect(changeOf(NEW_ROOM, secret).settings).toEqual({ passcode: null });
    expect(faultOf(secret, secret)).toBeNull();
    expect(faultOf(secret, null)).toBe('passcode');
  });

  it('has a capacity that is possible', () => {
    for (const capacity of ['', '0', '1.5', 'many', '100001']) {
      expect(faultOf({ ...NEW_ROOM, capacity }, null)).toBe('capacity');
    }
    expect(faultOf({ ...NEW_ROOM, capacity: '100000' }, null)).toBeNull();
  });
});
