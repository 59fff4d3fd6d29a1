import { expect, it } from 'vitest';
import { roomIdIn } from './room-address.js';

it('the room is in the address', () => {
  expect(roomIdIn('/rooms/01a2-x')).toBe('01a2-x');
  expect(roomIdIn('/rooms/01a2-x/')).toBe('01a2-x');
  expect(roomIdIn('/rooms/')).toBeNull();
  expect(roomIdIn('/rooms/%E0%A4%A')).toBeNull();
  expect(roomIdIn('/r/123456')).toBeNull();
});
