import { PinroomError } from '@pinroom/client';
import { expect, it } from 'vitest';
import { Outbox } from './outbox.js';

it('shows what is on its way, keeps what was refused, and sends it again under its key', async () => {
  const keys: unknown[] = [];
  let isRefused = true;
  const outbox = new Outbox({
    async send(_type, _payload, options) {
      keys.push(options?.key);
      if (isRefused) throw new PinroomError('muted');
      return { id: '1-1', at: 1, duplicate: false };
    },
  });
  const sending = outbox.send('Hello');
  expect(outbox.items.value).toMatchObject([{ text: 'Hello', fault: null }]);
  await sending;
  expect(outbox.items.value).toMatchObject([{ text: 'Hello', fault: { code: 'muted' } }]);
  isRefused = false;
  const [refused] = outbox.items.value;
  await outbox.send('Hello', refused?.key);
  expect(outbox.items.value).toEqual([]);
  expect(keys[0]).toBe(keys[1]);
});
