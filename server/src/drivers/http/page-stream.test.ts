import { describe, expect, it } from 'vitest';
import { HandWoundClock } from '../../../test/support/hand-wound-clock.js';
import { streamOf } from './page-stream.js';

/** Pages with their numbers; `failing` is the one that cannot be had. */
class NumberedPages {
  asked = 0;
  closed = 0;
  readonly #count: number;
  readonly #failing: number;
  readonly #padding: string;

  constructor(count: number, failing = Number.POSITIVE_INFINITY, padding = '') {
    this.#count = count;
    this.#failing = failing;
    this.#padding = padding;
  }

  next = async (): Promise<string | null> => {
    this.asked++;
    if (this.asked === this.#failing) throw new Error('the archive is away');
    return this.asked > this.#count ? null : `${this.asked}${this.#padding}\n`;
  };

  close = () => {
    this.closed++;
  };
}

describe('a body made of pages', () => {
  it('is read to its end, and closed', async () => {
    const pages = new NumberedPages(3);
    expect(await new Response(streamOf(pages, new HandWoundClock())).text()).toBe('1\n2\n3\n');
    expect(pages.closed).toBe(1);
  });

  it('takes no page before the client wants one', async () => {
    const pages = new NumberedPages(1_000_000);
    const reader = streamOf(pages, new HandWoundClock()).getReader();
    await new Promise(setImmediate);
    expect(pages.asked).toBe(0);
    await reader.read();
    await reader.read();
    await new Promise(setImmediate);
    expect(pages.asked).toBe(2);
    await reader.cancel();
    expect(pages.closed).toBe(1);
  });

  it('breaks where a page cannot be had', async () => {
    const pages = new NumberedPages(5, 3);
    await expect(new Response(streamOf(pages, new HandWoundClock())).text()).rejects.toThrow();
    expect(pages.closed).toBe(1);
  });

  it('gives its place up when the client takes too long for a page, and breaks when it comes back', async () => {
    const clock = new HandWoundClock();
    const pages = new NumberedPages(1_000, 1_000, ' '.repeat(4_000_000));
    const reader = streamOf(pages, clock).getReader();
    for (let page = 0; page < 5; page++) {
      await reader.read();
      await clock.wind(29_000);
    }
    expect(pages.closed).toBe(0);
    await clock.wind(2_000);
    expect(pages.closed).toBe(1);
    await expect(reader.read()).rejects.toThrow('too slowly');
  });

  it('gives its place up to others after a minute when the client merely trickles', async () => {
    const clock = new HandWoundClock();
    const pages = new NumberedPages(1_000, 1_000, ' '.repeat(64_000));
    const reader = streamOf(pages, clock).getReader();
    for (let page = 0; page < 6; page++) {
      await reader.read();
      await clock.wind(10_500);
    }
    await expect(reader.read()).rejects.toThrow('too slowly');
    expect(pages.closed).toBe(1);
  });

  it('gives its place up when nobody ever reads', async () => {
    const clock = new HandWoundClock();
    const pages = new NumberedPages(1);
    streamOf(pages, clock);
    await clock.wind(31_000);
    expect([pages.asked, pages.closed]).toEqual([0, 1]);
  });
});
