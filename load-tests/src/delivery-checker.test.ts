import type { Entry } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { checkDelivery } from './delivery-checker.js';
import type { ClientRecord, KeptChannel } from './delivery-record.js';

function entry(seq: number, change: Partial<Entry> = {}): Entry {
  return {
    id: `5-${seq}`,
    roomId: 'r',
    channel: 'room',
    type: 't',
    from: { userId: 'ada', nickname: 'Ada' },
    payload: { n: seq },
    at: 100 + seq,
    key: `k${seq}`,
    ...change,
  };
}

const all = [0, 1, 2, 3].map((seq) => entry(seq));
const kept: KeptChannel[] = [{ roomId: 'r', channel: 'room', entries: all }];

function client(entries: readonly Entry[], change: Partial<ClientRecord> = {}): ClientRecord {
  const seen = [{ roomId: 'r', channel: 'room', entries, untilEnd: true }];
  return { name: 'Eve', userId: 'eve', sent: [], seen, ...change };
}

function kindsOf(clients: readonly ClientRecord[], channels = kept): string[] {
  return checkDelivery(clients, channels).map(({ kind, id }) => `${kind} ${id}`);
}

describe('the delivery check', () => {
  it('finds nothing where everything is right', () => {
    const sent = [{ roomId: 'r', channel: 'room', key: 'k1', id: '5-1' }];
    expect(kindsOf([client(all), client(all, { userId: 'ada', sent })])).toEqual([]);
  });

  it('lets a client begin late, and leave early when it says so', () => {
    const early = { roomId: 'r', channel: 'room', entries: all.slice(0, 2), untilEnd: false };
    expect(kindsOf([client(all.slice(2)), client([], { seen: [early] })])).toEqual([]);
  });

  it('takes the order of fields for nothing', () => {
    const channels = [{ ...kept[0], entries: [entry(0, { payload: { a: 1, b: 2 } })] }];
    const seen = [entry(0, { payload: { b: 2, a: 1 } })];
    expect(kindsOf([client(seen)], channels as KeptChannel[])).toEqual([]);
  });

  it('finds a gap in the middle, at the end, and everything missing', () => {
    expect(kindsOf([client([entry(0), entry(3)])])).toEqual(['gap 5-1']);
    expect(kindsOf([client([entry(0), entry(1)])])).toEqual(['gap 5-2']);
    expect(kindsOf([client([])])).toEqual(['gap 5-0']);
  });

  it('finds what was seen twice', () => {
    expect(kindsOf([client([...all, entry(2)])])).toEqual(['repeat 5-2']);
  });

  it('finds another order', () => {
    const swapped = [entry(0), entry(2), entry(1), entry(3)];
    expect(kindsOf([client(swapped)])).toEqual(['order 5-1']);
  });

  it('finds other content under the same id', () => {
    const changed = [entry(0), entry(1, { payload: 'forged' }), entry(2), entry(3)];
    expect(kindsOf([client(changed)])).toEqual(['content 5-1']);
  });

  it('finds what was acknowledged and is not there', () => {
    const sent = [{ roomId: 'r', channel: 'room', key: 'lost', id: '5-9' }];
    expect(kindsOf([client(all, { sent })])).toEqual(['missing 5-9']);
  });

  it('expects nothing of what was never acknowledged', () => {
    const sent = [{ roomId: 'r', channel: 'room', key: 'lost', id: null }];
    expect(kindsOf([client(all, { sent })])).toEqual([]);
  });

  it('finds a message that counts twice', () => {
    const twice = [...all, entry(4, { key: 'k1' })];
    const sent = [{ roomId: 'r', channel: 'room', key: 'k1', id: '5-1' }];
    const channels = [{ roomId: 'r', channel: 'room', entries: twice }];
    expect(kindsOf([client(twice, { userId: 'ada', sent })], channels)).toEqual(['duplicate 5-4']);
  });

  it('finds an entry that nobody keeps', () => {
    expect(kindsOf([client([...all, entry(7)])])).toEqual(['phantom 5-7']);
  });

  it("finds another room's and another user's entries", () => {
    expect(kindsOf([client([...all, entry(4, { roomId: 'other' })])])).toEqual(['leak 5-4']);
    expect(kindsOf([client([...all, entry(4, { channel: 'host' })])])).toEqual(['leak 5-4']);
    const channel = 'user:ada';
    const own = [entry(0, { channel })];
    const seen = [{ roomId: 'r', channel, entries: own, untilEnd: true }];
    const channels = [{ roomId: 'r', channel, entries: own }];
    expect(kindsOf([client([], { seen })], channels)).toEqual(['leak 5-0']);
  });

  it('finds what is for hosts where no host is', () => {
    const channel = 'host';
    const entries = [entry(0, { channel })];
    const channels = [{ roomId: 'r', channel, entries }];
    const seen = [{ roomId: 'r', channel, entries, untilEnd: true }];
    expect(kindsOf([client([], { seen, hosts: ['r'] })], channels)).toEqual([]);
    expect(kindsOf([client([], { seen })], channels)).toEqual(['leak 5-0']);
  });

  it('finds a hole in what is kept', () => {
    const channels = [{ roomId: 'r', channel: 'room', entries: [entry(0), entry(2)] }];
    expect(kindsOf([], channels)).toEqual(['hole 5-2']);
  });

  describe('after a loss that was announced', () => {
    const lost = [entry(2), entry(3)];
    const later = [entry(0, { id: '6-0', after: '5-1', key: 'later' })];
    const after: KeptChannel[] = [
      { roomId: 'r', channel: 'room', entries: [entry(0), entry(1), ...later] },
    ];
    const told = { index: 4, after: '5-1' };

    it('lets readers forget what they were told to forget', () => {
      const seen = [
        {
          roomId: 'r',
          channel: 'room',
          entries: [...all, ...later],
          resets: [told],
          untilEnd: true,
        },
      ];
      expect(kindsOf([client([], { seen })], after)).toEqual([]);
      expect(kindsOf([client([...all, ...later])], after)).toEqual(['phantom 5-2', 'phantom 5-3']);
    });

    it('does not count rows that a later entry has voided', () => {
      const entries = [...all, ...later];
      const channels = [{ roomId: 'r', channel: 'room', entries }];
      expect(kindsOf([client([entry(0), entry(1), ...later])], channels)).toEqual([]);
    });

    it('wants what came after it', () => {
      const seen = [{ roomId: 'r', channel: 'room', entries: all, resets: [told], untilEnd: true }];
      expect(kindsOf([client([], { seen })], after)).toEqual(['gap 6-0']);
    });

    it('takes a message that was sent again for kept, and one that was not for missing', () => {
      const sent = [{ roomId: 'r', channel: 'room', key: 'later', id: '5-2' }];
      const ada = { userId: 'ada', seen: [] };
      expect(kindsOf([client([], { ...ada, sent })], after)).toEqual([]);
      const gone = [{ roomId: 'r', channel: 'room', key: 'k3', id: '5-3' }];
      expect(kindsOf([client([], { ...ada, sent: gone })], after)).toEqual(['missing 5-3']);
      const unsure = gone.map((message) => ({ ...message, unsure: true }));
      expect(kindsOf([client([], { ...ada, sent: unsure })], after)).toEqual([]);
    });

    it('finds an id that was given twice, though one of both is lost', () => {
      const seen = [
        {
          roomId: 'r',
          channel: 'room',
          entries: lost,
          resets: [{ index: 2, after: '5-1' }],
          untilEnd: false,
        },
      ];
      const other = [entry(0), entry(1), entry(2, { payload: 'another' })];
      const channels = [{ roomId: 'r', channel: 'room', entries: other }];
      expect(kindsOf([client([], { seen })], channels)).toEqual(['content 5-2']);
    });
  });
});
