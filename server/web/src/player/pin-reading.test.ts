import { describe, expect, it } from 'vitest';
import { pinOfAddress, readTyped } from './pin-reading.js';

describe('the PIN in an address', () => {
  it('is what follows /r/, in a path and in a whole link', () => {
    expect(pinOfAddress('/r/123456')).toBe('123456');
    expect(pinOfAddress('https://play.example/r/123-456?from=poster#top')).toBe('123456');
    expect(pinOfAddress('play.example/r/123456/')).toBe('123456');
    expect(pinOfAddress('/r/%D9%A1%D9%A2%D9%A3%D9%A4')).toBe('1234');
  });

  it('is none where there is none, or one that cannot be', () => {
    for (const address of [
      '/',
      '/r/',
      '/rooms/123456',
      '/r/abc',
      '/r/12',
      '/r/%E0%A4%A',
      '/her/1234',
    ])
      expect(pinOfAddress(address)).toBeNull();
  });
});

describe('what is typed or pasted', () => {
  it('is read as digits, whatever their script and what stands between them', () => {
    expect(readTyped('12 34-56')).toEqual({ digits: '123456', isLink: false });
    expect(readTyped('١٢٣')).toEqual({ digits: '123', isLink: false });
    expect(readTyped('0१२')).toEqual({ digits: '012', isLink: false });
    expect(readTyped('PIN: 9876')).toEqual({ digits: '9876', isLink: false });
    expect(readTyped('')).toEqual({ digits: '', isLink: false });
  });

  it('takes no more digits than the longest PIN has', () => {
    expect(readTyped('1'.repeat(40)).digits).toHaveLength(12);
  });

  it('knows a link', () => {
    const link = 'Come in: https://play.example/r/976668';
    expect(readTyped(link)).toEqual({ digits: '976668', isLink: true });
  });
});
