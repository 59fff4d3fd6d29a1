import { PinroomError } from '@pinroom/client';
import { expect, it } from 'vitest';
import { Attempts } from './attempts.js';

const soon = { isOnline: () => false, slowMs: 5, pausesMs: [60_000] };
const turn = (ms = 0) => new Promise((done) => setTimeout(done, ms));

it('tries again while the server is out of reach, says so, and at once when told to', async () => {
  const attempts = new Attempts(soon);
  let asked = 0;
  const run = attempts.run(async () => {
    asked++;
    if (asked < 3) throw new PinroomError('offline');
    return 'here';
  });
  await turn();
  expect(attempts.trouble.value?.code).toBe('offline');
  expect(attempts.isBusy.value).toBe(true);
  attempts.retryNow();
  await turn();
  expect(asked).toBe(2);
  attempts.retryNow();
  expect(await run).toEqual({ kind: 'done', value: 'here' });
  expect(attempts.trouble.value).toBeNull();
  expect(attempts.isBusy.value).toBe(false);
});

it('hands on what is an answer, at the first time', async () => {
  const attempts = new Attempts(soon);
  const fault = new PinroomError('room_not_found');
  expect(await attempts.run(() => Promise.reject(fault))).toEqual({ kind: 'failed', fault });
  const outcome = await attempts.run(() => Promise.reject(new Error('a slip')));
  expect(outcome).toMatchObject({ kind: 'failed', fault: { code: 'internal' } });
});

it('drops what was given up or overtaken, whenever its answer comes', async () => {
  const attempts = new Attempts(soon);
  const waiting = attempts.run(() => Promise.reject(new PinroomError('timeout')));
  await turn();
  attempts.cancel();
  expect(await waiting).toEqual({ kind: 'dropped' });
  const slow = attempts.run(() => turn(20));
  const quick = attempts.run(async () => 'newer');
  expect(await quick).toEqual({ kind: 'done', value: 'newer' });
  expect(await slow).toEqual({ kind: 'dropped' });
});

it('says that it waits for the server only where the server is not there', async () => {
  const away = new Attempts(soon);
  const there = new Attempts({ ...soon, isOnline: () => true });
  void away.run(() => turn(50));
  void there.run(() => turn(50));
  await turn(20);
  expect(away.trouble.value?.code).toBe('offline');
  expect(there.trouble.value).toBeNull();
});

it('tells who is asked when the answer is not wanted any more', async () => {
  const attempts = new Attempts(soon);
  const signals: AbortSignal[] = [];
  const ask = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<never>(() => {});
  };
  void attempts.run(ask);
  void attempts.run(ask);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  attempts.cancel();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});
