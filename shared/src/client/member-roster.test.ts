import { describe, expect, it } from 'vitest';
import type { Member } from '../model.js';
import { MemberRoster } from './member-roster.js';

function member(userId: string): Member {
  return { userId, nickname: userId, role: 'player', joinedAt: 0, online: true, muted: false };
}

function rosterOf(ids: readonly string[], memberCount = ids.length): MemberRoster {
  const roster = new MemberRoster();
  roster.load({ members: ids.map(member), memberCount, presenceVersion: 10, hostState: 'present' });
  return roster;
}

function event(
  version: number,
  memberCount: number,
  change: Partial<Record<string, unknown>> = {},
) {
  const none = { joined: [], changed: [], left: [] };
  return { roomId: 'r', version, memberCount, hostState: 'present' as const, ...none, ...change };
}

describe('who is in the room', () => {
  it('[CLIENT-9] follows the events, each version once', () => {
    const roster = rosterOf(['a', 'b']);
    expect(roster.apply(event(12, 2, { joined: [member('c')], left: ['a'] }), false)).toBe(true);
    expect([...roster.members.keys()]).toEqual(['b', 'c']);
    expect(roster.apply(event(12, 2, { left: ['b'] }), false)).toBe(false);
    expect(roster.members.size).toBe(2);
  });

  it('[CLIENT-9] notices that the list and the count differ', () => {
    const roster = rosterOf(['a', 'b']);
    roster.apply(event(11, 5, { joined: [member('c')] }), false);
    expect(roster.needsReload).toBe(true);
  });

  it('[CLIENT-9] does not fetch again what did not add up when it was fetched', () => {
    expect(rosterOf(['a'], 3).needsReload).toBe(false);
  });

  it('[CLIENT-9] in a crowd a player gets the count alone, and the list again afterwards', () => {
    const roster = rosterOf(['a', 'b']);
    roster.apply(event(11, 201), false);
    expect(roster.count).toBe(201);
    expect(roster.members.size).toBe(0);
    expect(roster.needsReload).toBe(false);
    roster.apply(event(12, 199), false);
    expect(roster.needsReload).toBe(true);
  });
});
