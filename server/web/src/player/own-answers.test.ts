import { PinroomError, type SendOptions, type SendReceipt } from '@pinroom/client';
import { describe, expect, it } from 'vitest';
import type { Round } from '../round/round.js';
import { openStorage } from '../ui/page-storage.js';
import { OwnAnswers } from './own-answers.js';

const round: Round = {
  id: '7-3',
  key: undefined,
  askedAt: 1,
  question: { text: 'Six times seven?', options: ['40', '42'], number: 2 },
  result: null,
  closing: null,
};

/** A room whose answers come when the test says so. */
function room() {
  const sent: { payload: unknown; options: SendOptions | undefined }[] = [];
  const waiting: {
    readonly promise: Promise<SendReceipt>;
    readonly resolve: (receipt: SendReceipt) => void;
    readonly reject: (fault: unknown) => void;
  }[] = [];
  const handle = {
    id: 'r-1',
    send: (_type: string, payload: unknown, options?: SendOptions) => {
      sent.push({ payload, options });
      let resolve: (receipt: SendReceipt) => void = () => {};
      let reject: (fault: unknown) => void = () => {};
      const promise = new Promise<SendReceipt>((yes, no) => {
        resolve = yes;
        reject = no;
      });
      waiting.push({ promise, resolve, reject });
      return promise;
    },
  };
  const settle = async (fault?: PinroomError) => {
    const next = waiting.shift();
    if (fault) next?.reject(fault);
    else next?.resolve({ id: '7-9', at: 2, duplicate: false });
    await new Promise((done) => setTimeout(done));
  };
  return { handle, sent, settle };
}

describe('one’s own answers', () => {
  it('are shown at once and kept when the server says so; the first counts', async () => {
    const { handle, sent, settle } = room();
    const answers = new OwnAnswers(handle, openStorage('sessionStorage'));
    answers.give(round, 1);
    expect(answers.to('7-3')).toEqual({ choice: 1, state: 'sending' });
    answers.give(round, 0);
    await settle();
    expect(answers.to('7-3')).toEqual({ choice: 1, state: 'kept', at: 2 });
    answers.give(round, 0);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      payload: { question: '7-3', choice: 1, number: 2 },
      options: { channel: 'host', once: '7-3' },
    });
  });

  it('are there after a reload, and what was on its way goes out again under its key', async () => {
    const { handle, sent, settle } = room();
    const storage = openStorage('sessionStorage');
    new OwnAnswers(handle, storage).give(round, 1);
    const reloaded = new OwnAnswers(handle, storage);
    expect(reloaded.to('7-3')).toBeUndefined();
    reloaded.resume(round);
    expect(sent[1]?.options?.key).toBe(sent[0]?.options?.key);
    await settle();
    await settle();
    const again = new OwnAnswers(handle, storage);
    expect(again.to('7-3')).toEqual({ choice: 1, state: 'kept', at: 2 });
    again.resume(round);
    expect(sent).toHaveLength(2);
  });

  it('may be given again after a refusal, not after another one was there', async () => {
    const { handle, sent, settle } = room();
    const answers = new OwnAnswers(handle, openStorage('sessionStorage'));
    answers.give(round, 1);
    await settle(new PinroomError('timeout'));
    expect(answers.to('7-3')).toMatchObject({ choice: 1, state: 'refused' });
    answers.give(round, 0);
    await settle(new PinroomError('conflict'));
    expect(answers.to('7-3')).toMatchObject({ choice: null, state: 'kept' });
    answers.give(round, 1);
    expect(sent).toHaveLength(2);
  });
});
