import type { Entry } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import type { ClientRecord } from './delivery-record.js';
import { checkPresence, type RoomTruth } from './presence-checker.js';

const truth: RoomTruth = {
  roomId: 'r',
  online: new Map([
    ['ada', true],
    ['eve', false],
  ]),
  gone: ['tom'],
};

function sees(online: Record<string, boolean>, memberCount = Object.keys(online).length) {
  const view = { roomId: 'r', memberCount, online: new Map(Object.entries(online)) };
  return { name: 'Ada', userId: 'ada', sent: [], seen: [], presence: [view] };
}

function log(...users: string[]) {
  const entries = users.map((userId, seq): Entry => {
    const payload = { userId, nickname: userId };
    return {
      id: `5-${seq}`,
      roomId: 'r',
      channel: 'log',
      type: 'left',
      from: null,
      payload,
      at: 1,
    };
  });
  return { roomId: 'r', channel: 'log', entries };
}

function detailsOf(clients: readonly ClientRecord[], ...users: string[]): string[] {
  return checkPresence([truth], clients, [log(...users)]).map(({ detail }) => detail);
}

describe('the presence check', () => {
  it('finds nothing where everybody is seen as they are', () => {
    expect(detailsOf([sees({ ada: true, eve: false })], 'tom')).toEqual([]);
  });

  it('finds a wrong count', () => {
    expect(detailsOf([sees({ ada: true, eve: false }, 3)], 'tom')).toEqual([
      '3 members, in truth 2',
    ]);
  });

  it('finds who is seen online and is not, who is missing, and who is no member', () => {
    expect(detailsOf([sees({ ada: true, eve: true })], 'tom')).toEqual([
      'eve is online, in truth offline',
    ]);
    expect(detailsOf([sees({ eve: false, tom: true })], 'tom')).toEqual([
      'ada is no member, in truth online',
      'tom is online, in truth no member',
    ]);
  });

  it('believes a big room that tells the count alone', () => {
    const view = { roomId: 'r', memberCount: 2, online: null };
    expect(detailsOf([{ ...sees({}), presence: [view] }], 'tom')).toEqual([]);
  });

  it('finds a wrong state that the server keeps', () => {
    const [view] = sees({ ada: false, eve: false }).presence;
    const faults = checkPresence([truth], [], [log('tom')], view ? [view] : []);
    expect(faults).toMatchObject([
      { kind: 'presence', client: null, detail: 'ada is offline, in truth online' },
    ]);
  });

  it('wants exactly one leave of who is gone, and none of who is there', () => {
    expect(detailsOf([])).toEqual(['tom has left 0 times instead of 1']);
    expect(detailsOf([], 'tom', 'tom')).toEqual(['tom has left 2 times instead of 1']);
    expect(detailsOf([], 'tom', 'ada')).toEqual(['ada has left 1 times instead of 0']);
  });
});
