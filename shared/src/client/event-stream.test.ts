import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../server/test/support/fake-room-server.js';
import { EventText, readEvents } from './event-stream.js';

describe('the text of events', () => {
  it.each([
    ['id: 1\ndata: {"a":1}\n\n', ['{"a":1}']],
    [': nothing to tell\n\n', []],
    ['data: a\ndata: b\n\ndata:c\n\n', ['a\nb', 'c']],
    ['data: a\r\n\r\ndata: b\r\rdata\n\n', ['a', 'b', '']],
    ['data: not complete\n', []],
    ['database: x\n\n', []],
  ])('%j', (text, events) => {
    expect(new EventText().push(`${text}`)).toEqual(events);
  });

  it('may be cut anywhere', () => {
    const text = ': c\n\nid: 1\r\ndata: äö\r\ndata: b\r\n\r\ndata: c\rdata: d\r\rdata: e\n\n';
    const whole = ['äö\nb', 'c\nd', 'e'];
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const reader = new EventText();
        const events = at.slice(1).flatMap((end, n) => reader.push(text.slice(at[n], end)));
        expect(events).toEqual(whole);
      }),
    );
  });
});

describe('a body of events', () => {
  it('that goes on and on without an event is given up before it fills the memory', async () => {
    let pulls = 0;
    const endless = (text: string) =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          pulls += 1;
          controller.enqueue(new TextEncoder().encode(text.repeat(10_000)));
        },
      });
    for (const text of ['<p>Log in', 'data: x\n']) {
      pulls = 0;
      const reading = readEvents(endless(text), new ManualClock(), 1_000).next();
      await expect(reading).rejects.toMatchObject({ code: 'unavailable' });
      expect(pulls).toBeLessThan(50);
    }
  });

  it('that is silent for too long counts as ended', async () => {
    const clock = new ManualClock();
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: a\n\n')),
      cancel() {
        isCancelled = true;
      },
    });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const data of readEvents(body, clock, 1_000)) seen.push(data);
    })();
    await clock.advance(900);
    expect([seen, isCancelled]).toEqual([['a'], false]);
    await clock.advance(200);
    await reading;
    expect(isCancelled).toBe(true);
  });
});
