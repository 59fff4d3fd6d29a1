import type { CommandName } from '@pinroom/client/contract';
import fc from 'fast-check';

/** What goes over a WebSocket: text, or bytes that are sent as binary or (`brokenText`) as text. */
export type Frame = string | { readonly binary: Uint8Array } | { readonly brokenText: Uint8Array };

/** One connection: some questions that must all be answered, then a frame after which it may end. */
export interface Conversation {
  /** Whether it says who it is first. */
  readonly greets: boolean;
  readonly questions: readonly Question[];
  readonly last: readonly Frame[];
}

/** A command with what comes behind it; the ack id stands between `head` and `args`. */
export interface Question {
  readonly head: string;
  readonly args: string;
  readonly attachments: readonly Uint8Array[];
}

/** Rooms that the commands are about. */
export interface FuzzPlace {
  readonly roomId: string;
  readonly userId: string;
  readonly pin: string;
}

/** JSON as it is written, as some of it no encoder would write. */
const HOSTILE_JSON = [
  ...['null', 'true', '0', '-1', '1e400000', '-0', '1.5', '9'.repeat(400), '9007199254740993'],
  ...['""', '"x"', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\ufeff"', '"\u2028"'],
  ...['[]', '{}', '[[]]', '[null]', '{"":{}}', '{"__proto__":{"x":1}}', '{"constructor":1}'],
  ...['{"toString":1}', '{"length":-1}', '{"then":1}', '{"toJSON":"x"}'],
  ...['{"_placeholder":true,"num":0}', '{"_placeholder":true,"num":"splice"}'],
  `"${'x'.repeat(8_000)}"`,
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  `${'{"a":'.repeat(1_500)}1${'}'.repeat(1_500)}`,
  `[${'0,'.repeat(4_000)}0]`,
  `{${Array.from({ length: 800 }, (_, n) => `"k${n}":${n}`).join()}}`,
];

/** Events that Socket.IO keeps for itself: a client that sends one breaks the protocol. */
const RESERVED = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener'];
const NAMES = ['error', '__proto__', 'constructor', 'prototype', 'toString', 'message', 'join', ''];

/**
 * Frames that once stopped a server of this family or filled its memory: announced attachments
 * (none, too many, never sent, by another name than a number), reserved events, names of the
 * prototype, numbers for everything, and sizes.
 */
export const KNOWN_FRAMES: readonly (readonly Frame[])[] = [
  ['451-["a",{"_placeholder":true,"num":0}]'],
  ['450-["a"]', { binary: Buffer.alloc(10) }, { binary: Buffer.alloc(10) }],
  ['459999999-["a"]'],
  ['4511-["a"]'],
  ['451-["a",{"_placeholder":true,"num":"splice"}]', { binary: Buffer.from('x') }],
  ['451-["a",{"_placeholder":true,"num":-1}]', { binary: Buffer.from('x') }],
  ['451-["a",{"_placeholder":true,"num":0}]', '42["b"]'],
  ['451-[{"_placeholder":true,"num":0}]', { binary: Buffer.from('x') }],
  ['45-["a"]'],
  ['451e1-["a"]'],
  ['450x1-["a"]'],
  ['461-1["a",{"_placeholder":true,"num":0}]', { binary: Buffer.from('x') }],
  ['42["__proto__"]'],
  ['42["connect"]'],
  ['42["error"]'],
  ['42["error",{"message":"x"}]'],
  ['42[{"toString":"foo"}]'],
  ['42[null]'],
  ['42[[]]'],
  ['42'],
  ['429["disconnecting"]'],
  ['42999999999999999999999["a"]'],
  ['42-1["a"]'],
  ['4'],
  ['40{"token":{"toString":1}}', '40{"token":{"toString":1}}'],
  ['40[]'],
  ['40null'],
  ['44{"message":"x"}'],
  ['41'],
  ['41{}'],
  ['43'],
  ['430'],
  ['43["a"]'],
  ['46'],
  ['47'],
  ['4\u0000'],
  ['40/__proto__,', '42/__proto__,["a"]'],
  [`40/${'n'.repeat(10_000)},`],
  ['40/a?token=x,{}'],
  ['2probe', '5'],
  ['0{"sid":"x"}'],
  ['1'],
  ['5'],
  ['6'],
  ['2'],
  ['3'],
  ['b'],
  ['bAAAA'],
  [''],
  ['\u0000'],
  [{ binary: new Uint8Array(0) }],
  [{ binary: Buffer.from('42["room:send",{}]') }],
  [{ brokenText: Uint8Array.from([0x34, 0x32, 0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d]) }],
  [{ brokenText: Uint8Array.from([0x34, 0x32, 0xed, 0xa0, 0x80]) }],
];

/** The same, too big to be sent often. */
export const LARGE_FRAMES: readonly Frame[] = [
  `42["a","${'x'.repeat(1_000_000)}"]`,
  `421["a","${'\u00e9'.repeat(500_000)}"]`,
  `42${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `42["a",${'['.repeat(100_000)}`,
  `42["a",${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]`,
  `40{"token":"${'x'.repeat(1_000_000)}"}`,
  `43${'9'.repeat(1_000_000)}["a"]`,
  `42/${'n'.repeat(1_000_000)},["a"]`,
  `4${'5'.repeat(1_000_000)}`,
  `42["a","${'y'.repeat(1_400_000)}"]`,
  { binary: Buffer.alloc(1_000_000) },
  { brokenText: Buffer.alloc(1_000_000, 0xff) },
];

/** A payload of every command that is good, by the text of its fields. */
function goodPayloads({ roomId, userId, pin }: FuzzPlace): Record<CommandName, object> {
  const entry = { roomId, channel: 'room', type: 'chat', payload: { text: 'hi' } };
  return {
    'room:create': { title: 'x', capacity: 5, ttlSeconds: 60, settings: { slowModeSeconds: 1 } },
    'room:join': { pin, nickname: 'Fuzz', role: 'player', since: { room: '1-0' } },
    'room:leave': { roomId, everywhere: false },
    'room:send': { ...entry, key: 'k', once: 'o' },
    'room:signal': { roomId, to: 'room', type: 'wave', payload: [1] },
    'room:history': { roomId, channel: 'room', after: '1-0', limit: 5 },
    'room:members': { roomId, cursor: '1', limit: 5 },
    'room:update': { roomId, title: 'x', locked: false, capacity: 5, settings: {} },
    'room:kick': { roomId, userId, ban: false },
    'room:state': { roomId, patch: { a: { b: null } }, ifVersion: 0 },
    'room:rename': { roomId, nickname: 'Fuzzy' },
    'room:mute': { roomId, userId, muted: false },
    'room:host': { roomId, userId, action: 'transfer' },
    'room:close': { roomId },
  };
}

const field = (name: string, json: string) => `${JSON.stringify(name)}:${json}`;

/** A command in which something is not as it should be: a field's value, a field too many, or all. */
function mutatedCommand(place: FuzzPlace): fc.Arbitrary<string> {
  const commands = Object.entries(goodPayloads(place));
  const hostile = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...HOSTILE_JSON) },
    { weight: 2, arbitrary: fc.json({ maxDepth: 3 }) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map((s) => JSON.stringify(s)),
    },
  );
  const change = fc.constantFrom('value', 'value', 'value', 'missing', 'extra', 'twice', 'whole');
  return fc
    .tuple(fc.constantFrom(...commands), fc.nat(), change, hostile)
    .map(([[name, good], at, how, json]) => {
      const fields = Object.entries(good);
      const chosen = at % fields.length;
      const parts = fields.flatMap(([key, value], n) => {
        if (n !== chosen || how === 'extra') return [field(key, JSON.stringify(value))];
        if (how === 'missing') return [];
        if (how === 'twice') return [field(key, JSON.stringify(value)), field(key, json)];
        return [field(key, json)];
      });
      if (how === 'extra') parts.push(field(['__proto__', 'x', 'constructor'][at % 3] ?? '', json));
      return `[${JSON.stringify(name)},${how === 'whole' ? json : `{${parts.join()}}`}]`;
    });
}

function question(place: FuzzPlace): fc.Arbitrary<Question> {
  const plain = (args: string): Question => ({ head: '42', args, attachments: [] });
  const strange = fc
    .tuple(
      fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom(...NAMES), fc.integer()),
      fc.array(fc.oneof(fc.constantFrom(...HOSTILE_JSON), fc.json({ maxDepth: 2 })), {
        maxLength: 2,
      }),
    )
    .filter(([name]) => !RESERVED.includes(String(name)) && name !== 'removeListener')
    .map(([name, args]) => plain(`[${[JSON.stringify(name), ...args].join()}]`));
  const binary = fc
    .tuple(
      mutatedCommand(place),
      fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 10 }),
    )
    .map(([args, attachments]) => ({ head: `45${attachments.length}-`, args, attachments }));
  const long = fc
    .integer({ min: 16_384, max: 60_000 })
    .map((length) => plain(`["room:send",{"payload":"${'x'.repeat(length)}"}]`));
  return fc.oneof(
    { weight: 70, arbitrary: mutatedCommand(place).map(plain) },
    { weight: 20, arbitrary: strange },
    { weight: 8, arbitrary: binary },
    { weight: 2, arbitrary: long },
  );
}

/** A frame that starts as one should, and goes wrong somewhere. */
function damaged(place: FuzzPlace): fc.Arbitrary<Frame> {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 8 });
  return fc
    .tuple(mutatedCommand(place), fc.constantFrom('cut', 'insert', 'flip'), fc.nat(), bytes)
    .map(([args, how, at, noise]) => {
      const whole = Buffer.from(`421${args.slice(0, 2_000)}`);
      const place = at % whole.length;
      if (how === 'cut') return whole.toString('utf8', 0, place);
      const middle = how === 'insert' ? noise : [(whole[place] ?? 0) ^ (noise[0] || 1)];
      const rest = whole.subarray(how === 'insert' ? place : place + 1);
      return { brokenText: Buffer.concat([whole.subarray(0, place), Buffer.from(middle), rest]) };
    });
}

/** Whatever comes to mind: digits of both protocols with anything behind them, or only anything. */
function wildFrame(place: FuzzPlace): fc.Arbitrary<Frame> {
  const anything = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.json({ maxDepth: 2 }),
    fc.constantFrom(...HOSTILE_JSON),
  );
  const namespace = fc.oneof(
    fc.constant(''),
    anything.map((text) => `/${text},`),
  );
  const count = fc.oneof(
    fc.constant(''),
    fc.nat().map(String),
    fc.nat(12).map((n) => `${n}-`),
  );
  const packet = fc
    .tuple(fc.constantFrom(...'0123456789'), namespace, count, anything)
    .map(([type, nsp, number, data]) => `4${type}${number}${nsp}${data}`);
  return fc.oneof(
    { weight: 4, arbitrary: packet },
    { weight: 2, arbitrary: damaged(place) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...'01235678b'), anything).map(([a, b]) => a + b),
    },
    { weight: 1, arbitrary: anything },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((binary) => ({ binary })) },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ maxLength: 200 }).map((brokenText) => ({ brokenText })),
    },
  );
}

/** Any connection of somebody who means no good. */
export function conversation(place: FuzzPlace): fc.Arbitrary<Conversation> {
  const last = fc.oneof(
    { weight: 150, arbitrary: fc.array(wildFrame(place), { minLength: 1, maxLength: 3 }) },
    { weight: 49, arbitrary: fc.constantFrom(...KNOWN_FRAMES) },
    { weight: 1, arbitrary: fc.constantFrom(...LARGE_FRAMES).map((frame) => [frame]) },
  );
  const questions = fc.array(question(place), { maxLength: 15, size: 'max' });
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ greets: fc.constant(true), questions, last }) },
    {
      weight: 1,
      arbitrary: fc.record({ greets: fc.constant(false), questions: fc.constant([]), last }),
    },
  );
}

/** Frames of a conversation. */
export function framesIn({ questions, last }: Conversation): number {
  return questions.reduce((sum, { attachments }) => sum + 1 + attachments.length, 0) + last.length;
}
