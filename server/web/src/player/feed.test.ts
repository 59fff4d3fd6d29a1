import type { Entry } from '@pinroom/client';
import { expect, it } from 'vitest';
import { buildFeed } from './feed.js';

const ada = { userId: 'u-ada', nickname: 'Ada' };
const host = { userId: 'u-host', nickname: 'Grace' };
let seq = 0;

function entry(type: string, payload: unknown, more: Partial<Entry> = {}): Entry {
  const id = `1-${seq}`;
  return { id, roomId: 'r', channel: 'room', type, from: host, payload, at: seq++, ...more };
}

const feedOf = (room: Entry[], personal: Entry[] = [], currentId: string | null = null) =>
  buildFeed({
    room,
    personal,
    userId: 'u-ada',
    isHost: (from) => from === null || from.userId === 'u-host',
    isSpoken: ({ from }) => from === null || from.userId === 'u-host',
    currentId,
  });

it('tells who has said what, in order of time, and what is meant for one alone', () => {
  const hello = entry('text', { text: ' Hello ' }, { from: ada });
  const secret = entry('text', { text: 'Well done' }, { channel: 'user:u-ada' });
  const news = entry('text', { text: 'Break' }, { from: null });
  expect(feedOf([hello, news], [secret])).toMatchObject([
    { text: 'Hello', author: 'Ada', isOwn: true, isHost: false, isPrivate: false },
    { text: 'Well done', author: 'Grace', isOwn: false, isHost: true, isPrivate: true },
    { text: 'Break', author: null, isOwn: false, isHost: false },
  ]);
});

it('tells of earlier questions with what was right, not of the one on the stage', () => {
  const first = entry('question', { text: 'One?', options: ['a', 'b'] });
  const second = entry('question', { text: 'Two?', options: ['c'] });
  const third = entry('question', { text: 'Three?', options: ['d'] });
  const result = entry('result', { right: 1, counts: [0, 2] });
  const room = [first, { ...result, id: '1-0', at: first.at }, second, third];
  expect(feedOf(room, [], third.id)).toMatchObject([
    { kind: 'question', text: 'One?', right: 'b' },
    { kind: 'question', text: 'Two?', right: null },
  ]);
});

it('does not take an entry of another channel for the question with the same id', () => {
  const question = entry('question', { text: 'One?', options: ['a'] });
  const more = { channel: 'user:u-ada', id: question.id };
  const feed = feedOf([question], [entry('text', { text: 'For you' }, more)]);
  expect(feed).toMatchObject([
    { kind: 'question', text: 'One?' },
    { kind: 'text', text: 'For you' },
  ]);
});

it('knows countdowns that say something, and nothing of what it cannot read', () => {
  const room = [
    entry('countdown', { text: 'Tea', endsAt: 9 }),
    entry('countdown', { endsAt: 9 }),
    entry('text', { text: '   ' }),
    entry('text', 'no object'),
    entry('app:move', { x: 1 }),
    entry('question', { text: 'Broken', options: [] }),
  ];
  expect(feedOf(room)).toMatchObject([{ kind: 'countdown', text: 'Tea' }]);
});

it('keeps to the newest lines', () => {
  const room = Array.from({ length: 300 }, (_, index) => entry('text', { text: `${index}` }));
  const feed = feedOf(room);
  expect(feed).toHaveLength(200);
  expect(feed.at(-1)).toMatchObject({ text: '299' });
});
