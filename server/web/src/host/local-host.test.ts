import { expect, it } from 'vitest';
import { isLocalHost } from './local-host.js';

it('tells the machine itself from what others can reach', () => {
  for (const name of ['localhost', 'quiz.localhost', '127.0.0.1', '127.1.2.3', '[::1]']) {
    expect(isLocalHost(name), name).toBe(true);
  }
  for (const name of [
    '192.168.1.20',
    'play.example',
    'localhost.example',
    '127.example',
    '[fd00::2]',
  ]) {
    expect(isLocalHost(name), name).toBe(false);
  }
});
