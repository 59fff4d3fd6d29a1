import { describe, expect, it } from 'vitest';
import { payloadText } from './payload-text.js';

describe('the text of a payload', () => {
  it('is indented JSON, whatever the payload is', () => {
    expect(payloadText({ a: [1] }).full).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(payloadText(undefined).full).toBe('null');
    expect(payloadText('<img onerror=x>').full).toBe('"<img onerror=x>"');
  });

  it('shows characters that would turn or hide the text, and leaves languages alone', () => {
    expect(payloadText('a\u202eb\u0007').full).toBe('"a\\u202eb\\u0007"');
    expect(payloadText('مرحبا 👩‍👩‍👧').full).toBe('"مرحبا 👩\\u200d👩\\u200d👧"');
    expect(JSON.parse(payloadText('a\u2066\ufeff').full)).toBe('a\u2066\ufeff');
  });

  it('is cut where it is long, and never within a character', () => {
    expect(payloadText('short').isCut).toBe(false);
    const long = payloadText('😀'.repeat(700));
    expect(long.isCut).toBe(true);
    expect(long.short).toMatch(/^"(😀)+$/u);
    expect(payloadText(Array(50).fill(1)).short.split('\n')).toHaveLength(14);
  });
});
