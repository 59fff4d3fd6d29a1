import { describe, expect, test } from 'vitest';
import { AppError } from '../../engine/runtime/app-error.js';
import { isOutOfMemory, isQuickFault, toRedisFault } from './redis-faults.js';

function fault(name: string, message: string): Error {
  const made = Object.assign(new Error(message), { command: { name: 'set', args: ['secret'] } });
  made.name = name;
  return made;
}

describe('faults of Redis', () => {
  test('[FEED-1] no answer is `unavailable`, and no argument of the command travels with it', () => {
    const found = toRedisFault(fault('Error', 'Command timed out'));
    expect(found).toBeInstanceOf(AppError);
    expect(found).toMatchObject({ code: 'unavailable', cause: { message: 'Command timed out' } });
    expect(found.cause).not.toHaveProperty('command');
  });

  test('[FEED-1] no argument stands in what Redis says of a command that it does not know', () => {
    const said =
      "ERR unknown command 'SPUBLISH', with args beginning with: 'room' 'secret\nwords' ";
    const found = toRedisFault(fault('ReplyError', said));
    expect(found.message).toBe("ERR unknown command 'SPUBLISH'");
  });

  test.each(['OOM command not allowed', 'LOADING Redis is loading', 'CLUSTERDOWN', 'READONLY x'])(
    '[FEED-1] %s is `unavailable`',
    (message) => {
      expect(toRedisFault(fault('ReplyError', message))).toMatchObject({ code: 'unavailable' });
    },
  );

  test('[FEED-1] a fault of ours in a command is not taken for an outage', () => {
    const found = toRedisFault(fault('ReplyError', 'WRONGTYPE Operation against a key'));
    expect(found).not.toBeInstanceOf(AppError);
    expect(found).not.toHaveProperty('command');
  });

  test.each([
    ['Error', 'Connection is closed.'],
    ['MaxRetriesPerRequestError', 'Reached the max retries per request limit (which is 0).'],
    ['Error', "Stream isn't writeable and enableOfflineQueue options is false"],
    ['ReplyError', 'LOADING Redis is loading the dataset in memory'],
  ])('a read may be repeated after %s: %s', (name, message) => {
    expect(isQuickFault(toRedisFault(fault(name, message)))).toBe(true);
  });

  test.each([
    ['Error', 'Command timed out'],
    ['ReplyError', 'WRONGTYPE Operation against a key'],
  ])('a read is not repeated after %s: %s', (name, message) => {
    expect(isQuickFault(toRedisFault(fault(name, message)))).toBe(false);
  });

  test('[FEED-1] full memory is told from other reasons', () => {
    expect(isOutOfMemory(toRedisFault(fault('ReplyError', 'OOM command not allowed')))).toBe(true);
    expect(isOutOfMemory(toRedisFault(fault('Error', 'Command timed out')))).toBe(false);
  });
});
