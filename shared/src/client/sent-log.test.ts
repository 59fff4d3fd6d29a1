import { describe, expect, it } from 'vitest';
import type { Entry } from '../model.js';
import type { LogEvent } from './channel-log.js';
import type { OutgoingMessage } from './send-queue.js';
import { type SentEvent, SentLog } from './sent-log.js';

const MINUTE = 60_000;

function newLog(options: { maxMessages?: number; maxNames?: number } = {}): SentLog {
  const bounds = { maxAgeMs: 5 * MINUTE, inFlightMs: 5_000 };
  return new SentLog({ ...bounds, maxMessages: 1_000, maxNames: 10_000, ...options });
}

/** A log of a member that follows `room`, and has sent these to `channel` one minute apart. */
function logOf(channel: string, ids: readonly string[], log = newLog()): SentLog {
  log.joined({ room: { entries: [], lastId: null, complete: true } }, 0);
  ids.forEach((id, minute) => {
    acknowledge(log, channel, id, { at: minute * MINUTE });
  });
  return log;
}

function message(channel: string, key: string): OutgoingMessage {
  return { channel, type: 't', payload: key, key, once: undefined };
}

/** The key is the first id that the message had. */
function acknowledge(
  log: SentLog,
  channel: string,
  id: string,
  options: { key?: string; at?: number; now?: number; askedIn?: number } = {},
): string[] {
  const { key = id, at = 0, askedIn = log.epoch } = options;
  const { now = at } = options;
  return told(log.acknowledged(message(channel, key), { id, madeAt: at, askedIn }, now));
}

function entry(id: string, after?: string): LogEvent {
  const base = { id, roomId: 'r', channel: 'room', type: 't', from: null, payload: id, at: 0 };
  const whole: Entry = after === undefined ? base : { ...base, after };
  return { kind: 'entry', entry: whole };
}

function told(events: readonly SentEvent[]): string[] {
  return events.map((event) => {
    if (event.kind === 'resent') return `${event.oldId} is now ${event.id}`;
    return `${event.id} unsure: ${event.reason}`;
  });
}

/** What is to be sent again, in its order; each is acknowledged as it was. */
function lostOf(log: SentLog, channel: string): string[] {
  const lost: string[] = [];
  for (let next = log.next(channel); next; next = log.next(channel)) {
    lost.push(next.key);
    log.stands(next.message);
  }
  return lost;
}

describe('own messages in a channel that is followed', () => {
  it('[CLIENT-17] are sent again when the first entry of a later epoch leaves them out', () => {
    const log = logOf('room', ['7-3', '7-5', '7-6']);
    expect(told(log.observed('room', [entry('9-0', '7-4')], 0))).toEqual([]);
    expect(log.lostCount).toBe(2);
    expect(lostOf(log, 'room')).toEqual(['7-5', '7-6']);
  });

  it('[CLIENT-17] are all lost when the later epoch has no predecessor', () => {
    const log = logOf('room', ['7-0', '7-1']);
    log.observed('room', [entry('9-0')], 0);
    expect(lostOf(log, 'room')).toEqual(['7-0', '7-1']);
  });

  it('[CLIENT-17] stay as they are when they survived, however long nothing else is heard', () => {
    const log = logOf('room', ['7-3', '7-4']);
    log.observed('room', [entry('9-0', '7-4')], 0);
    expect(told(log.settle(0))).toEqual([]);
    expect(log.lostCount).toBe(0);
  });

  it('[CLIENT-17] of the new epoch are no part of the loss, even when heard of before its first entry', () => {
    const log = logOf('room', ['7-3']);
    acknowledge(log, 'room', '9-1');
    log.observed('room', [{ kind: 'reset', after: '7-2' }, entry('9-0', '7-2')], 0);
    expect(lostOf(log, 'room')).toEqual(['7-3']);
  });

  it('[CLIENT-17] are in doubt when a hole lies where the later epoch began', () => {
    const log = logOf('room', ['7-2', '7-3', '9-1']);
    log.observed('room', [{ kind: 'hole', after: '7-2', next: '9-2' }, entry('9-2')], 0);
    expect(lostOf(log, 'room')).toEqual(['7-3']);
  });

  it('[CLIENT-17] of which retention took some are not sent again', () => {
    const log = logOf('room', ['7-3']);
    log.observed('room', [{ kind: 'hole', after: '7-2', next: '7-9' }, entry('7-9')], 0);
    expect(log.lostCount).toBe(0);
  });

  it('[CLIENT-17] are lost when a join answer ends below them, and it was the whole', () => {
    const log = logOf('room', ['7-3', '7-4']);
    log.joined({ room: { entries: [], lastId: '7-3', complete: false } }, 0);
    expect(log.lostCount).toBe(0);
    log.joined({ room: { entries: [], lastId: '7-3', complete: true } }, 0);
    expect(lostOf(log, 'room')).toEqual(['7-4']);
    const all = logOf('room', ['7-3']);
    all.joined({ room: { entries: [], lastId: null, complete: true } }, 0);
    expect(lostOf(all, 'room')).toEqual(['7-3']);
  });

  it('[CLIENT-17] are lost when the channel stands below them, unless they are that new', () => {
    const log = logOf('room', ['7-3', '7-4']);
    log.tops({ room: '7-2', host: '1-1' }, MINUTE + 1_000);
    expect(lostOf(log, 'room')).toEqual(['7-3']);
    log.tops({ room: '7-3' }, MINUTE + 6_000);
    expect(lostOf(log, 'room')).toEqual(['7-4']);
  });

  it('[CLIENT-17] are in doubt when the room is in a later epoch and the channel stays quiet', () => {
    const log = logOf('room', ['7-3']);
    acknowledge(log, 'host', '9-0');
    expect(log.lostCount).toBe(0);
    log.settle(0);
    expect(lostOf(log, 'room')).toEqual(['7-3']);
  });

  it('[CLIENT-17] are in doubt when the acknowledgement comes after news of a later epoch', () => {
    const log = logOf('room', []);
    log.observed('room', [entry('7-0')], 0);
    log.observed('room', [entry('9-0', '7-0')], 0);
    acknowledge(log, 'room', '7-1', { askedIn: 7 });
    expect(lostOf(log, 'room')).toEqual(['7-1']);
  });
});

describe('own messages in a channel that is not followed', () => {
  it('[CLIENT-17] are all in doubt with each later epoch of the room, once', () => {
    const log = logOf('host', ['7-3', '7-4']);
    log.observed('room', [entry('9-0')], 0);
    acknowledge(log, 'host', '7-3', { now: MINUTE });
    acknowledge(log, 'host', '9-0', { key: '7-4', now: MINUTE });
    log.observed('room', [entry('9-1')], 0);
    expect(log.lostCount).toBe(0);
    log.observed('room', [entry('10-0', '9-1')], 0);
    expect(lostOf(log, 'host')).toEqual(['7-3', '7-4']);
  });

  it('[CLIENT-17] are in doubt when a receipt or a join answer is of a later epoch', () => {
    const log = logOf('host', ['7-3']);
    acknowledge(log, 'host', '9-0');
    expect(lostOf(log, 'host')).toEqual(['7-3']);
    log.joined({ room: { entries: [], lastId: '10-4', complete: true } }, 0);
    expect(lostOf(log, 'host')).toEqual(['9-0']);
  });

  it('[CLIENT-17] are judged like others from when the channel is followed', () => {
    const log = logOf('host', ['7-3', '7-4']);
    const host = { entries: [], lastId: '7-4', complete: true };
    log.joined({ room: { entries: [], lastId: null, complete: true }, host }, 0);
    log.observed('room', [entry('9-0')], 0);
    expect(log.lostCount).toBe(0);
    log.observed('host', [entry('9-0', '7-3')], 0);
    expect(lostOf(log, 'host')).toEqual(['7-4']);
    // What lies before the first answer of a followed channel is not known.
    const late = logOf('host', ['7-3']);
    late.joined({ host: { entries: [], lastId: '9-8', complete: true } }, 0);
    expect(lostOf(late, 'host')).toEqual(['7-3']);
  });
});

describe('what the sender is told', () => {
  it('[CLIENT-18] of a lost message its new id, of one that survived nothing', () => {
    const log = logOf('host', ['7-3', '7-4']);
    acknowledge(log, 'room', '9-0');
    expect(acknowledge(log, 'host', '7-3')).toEqual([]);
    expect(acknowledge(log, 'host', '9-0', { key: '7-4' })).toEqual(['7-4 is now 9-0']);
    expect(log.lostCount).toBe(0);
  });

  it('[CLIENT-18] of a message that is lost again, from the id that it had last', () => {
    const log = logOf('room', ['7-3']);
    log.observed('room', [entry('9-0', '7-2')], 0);
    expect(acknowledge(log, 'room', '9-1', { key: '7-3' })).toEqual(['7-3 is now 9-1']);
    log.observed('room', [entry('11-0', '9-0')], 0);
    expect(acknowledge(log, 'room', '11-1', { key: '7-3' })).toEqual(['9-1 is now 11-1']);
  });

  it('[CLIENT-19] that it is unsure, when sending again was refused', () => {
    const log = logOf('room', ['7-3']);
    log.observed('room', [entry('9-0', '7-2')], 0);
    expect(told(log.refused(message('room', '7-3'), 'muted'))).toEqual(['7-3 unsure: muted']);
    expect(log.lostCount).toBe(0);
    expect(told(log.refused(message('room', '7-3'), 'muted'))).toEqual([]);
  });

  it('[CLIENT-19] that it is unsure, when the message is more than five minutes old', () => {
    const log = logOf('room', ['7-3', '7-4']);
    const events = log.observed('room', [entry('9-0', '7-2')], 5 * MINUTE + 1);
    expect(told(events)).toEqual([]);
    expect(acknowledge(log, 'room', '9-1', { key: '7-4' })).toEqual([
      '7-4 is now 9-1',
      '7-3 unsure: too_old',
    ]);
    const alone = logOf('room', ['7-3']);
    const atOnce = alone.observed('room', [entry('9-0', '7-2')], 6 * MINUTE);
    expect(told(atOnce)).toEqual(['7-3 unsure: too_old']);
  });

  it('[CLIENT-19] nothing of an old message, when a newer one of its channel survived', () => {
    const log = logOf('host', ['7-3', '7-4']);
    log.observed('room', [entry('9-0')], 5 * MINUTE + 1);
    expect(acknowledge(log, 'host', '7-4', { at: MINUTE, now: 6 * MINUTE })).toEqual([]);
    // It is known to be there in this epoch; the next one is another matter.
    const events = log.observed('room', [entry('11-0', '9-0')], 20 * MINUTE);
    expect(told(events)).toEqual(['7-3 unsure: too_old', '7-4 unsure: too_old']);
  });

  it('[CLIENT-19] that it is unsure of what still waits, when the room is over', () => {
    const log = logOf('room', ['7-3', '7-4', '7-5']);
    log.observed('room', [entry('9-0', '7-3')], 6 * MINUTE + 1);
    expect(told(log.close('room_closed'))).toEqual([
      '7-5 unsure: room_closed',
      '7-4 unsure: too_old',
    ]);
    expect(log.lostCount).toBe(0);
  });
});

describe('what is remembered', () => {
  it('[CLIENT-16] are the newest thousand messages; of more only the names', () => {
    const log = logOf('room', ['7-0', '7-1', '7-2', '7-3'], newLog({ maxMessages: 2 }));
    log.observed('room', [entry('9-0')], 0);
    expect(log.lostCount).toBe(2);
    expect(acknowledge(log, 'room', '9-1', { key: '7-2' })).toEqual(['7-2 is now 9-1']);
    expect(acknowledge(log, 'room', '9-2', { key: '7-3' })).toEqual([
      '7-3 is now 9-2',
      '7-0 unsure: too_old',
      '7-1 unsure: too_old',
    ]);
  });

  it('[CLIENT-16] are so many names; older ones count as kept for good', () => {
    const bounds = newLog({ maxMessages: 1, maxNames: 1 });
    const log = logOf('room', ['7-0', '7-1', '7-2'], bounds);
    log.observed('room', [entry('9-0')], 0);
    expect(acknowledge(log, 'room', '9-1', { key: '7-2' })).toEqual([
      '7-2 is now 9-1',
      '7-1 unsure: too_old',
    ]);
  });

  it('[CLIENT-16] is no message that has an id which cannot be read', () => {
    const log = logOf('room', ['7-3']);
    acknowledge(log, 'room', 'none');
    log.observed('room', [entry('9-0', '7-2')], 0);
    expect(acknowledge(log, 'room', 'none', { key: '7-3' })).toEqual(['7-3 unsure: internal']);
    expect(log.lostCount).toBe(0);
  });
});
