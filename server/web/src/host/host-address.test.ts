import { describe, expect, it } from 'vitest';
import { hostLink, readHostAddress } from './host-address.js';

const ROOM = '01a20748-0e3c-74ca-a517-ba648610eb56';

describe('the address of a room for its hosts', () => {
  it('is read as it was written', () => {
    for (const hostKey of [null, 'aB3-_', 'a key & more=']) {
      const [, hash = ''] = hostLink(ROOM, hostKey).split('/host');
      expect(readHostAddress(hash)).toEqual({ roomId: ROOM, hostKey });
    }
  });

  it('names no room where it is none', () => {
    for (const hash of ['', '#', '#content', '#123456', `#${ROOM}x`]) {
      expect(readHostAddress(hash)).toBeNull();
    }
    expect(readHostAddress(`#${ROOM}?key=`)).toEqual({ roomId: ROOM, hostKey: null });
  });
});
