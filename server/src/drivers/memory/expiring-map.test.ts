import { describe, expect, test } from 'vitest';
import { ExpiringMap } from './expiring-map.js';

describe('ExpiringMap', () => {
  test('a value is there until its time is over', () => {
    const map = new ExpiringMap<string>();
    map.set('key', 'value', 100, 0);
    expect(map.get('key', 99)).toBe('value');
    expect(map.get('key', 100)).toBeUndefined();
    expect(map.size).toBe(0);
  });

  test('what has run out is swept away while new keys come', () => {
    const map = new ExpiringMap<number>();
    let largest = 0;
    for (let now = 0; now < 10_000; now++) {
      map.set(`key ${now}`, now, now + 100, now);
      largest = Math.max(largest, map.size);
    }
    expect(largest).toBeLessThanOrEqual(2 * 100 + 1);
    expect(map.get('key 9999', 9_999)).toBe(9_999);
  });

  test('above its bound the longest kept keys go', () => {
    const map = new ExpiringMap<number>(3);
    for (let n = 0; n < 5; n++) map.set(`key ${n}`, n, 1_000, 0);
    map.set('key 2', 2, 1_000, 0);
    map.set('key 5', 5, 1_000, 0);
    expect([...map.keys()]).toEqual(['key 4', 'key 2', 'key 5']);
  });
});
