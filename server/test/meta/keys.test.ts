import { expect, it } from 'vitest';
import * as keys from '../../src/drivers/redis/keys.js';
import { ALL_TAGS, tagOf } from '../../src/engine/runtime/random.js';
import { filesBelow, withoutComments } from './source-files.js';

const ROOM = '0198c5a0-0000-7000-8000-0000000000ab';
const USER = '0198c5a0-0000-7000-8000-0000000000cd';

/** Every builder whose first argument is a room's id, its further arguments, and no other function. */
const OF_ROOM: Readonly<Record<string, readonly unknown[]>> = {
  roomKey: [],
  membersKey: [],
  rosterKey: [],
  nicksKey: [],
  onlineKey: [],
  archivedKey: [],
  onceKey: [],
  paceKey: [],
  bansKey: [],
  waitingKey: [],
  admittedKey: [],
  stateKey: [],
  networksKey: [],
  streamPrefix: [],
  streamKey: ['user:x'],
  dedupeKey: ['room', USER, 'a key with {braces}'],
  pagesKey: [],
};
const OF_TAG: Readonly<Record<string, readonly unknown[]>> = {
  unarchivedKey: [],
  unsavedStatesKey: [],
  expiryKey: [],
  awayKey: [],
  hostsAwayKey: [],
  tagLivesKey: [],
  lifePrefix: [],
  lifeKey: ['a life'],
};

const exported: Readonly<Record<string, unknown>> = { ...keys };

function build(name: string, ...args: readonly unknown[]): string {
  const builder = exported[name];
  if (typeof builder !== 'function') throw new Error(`keys.ts has no ${name}`);
  return builder(...args);
}

it('every key of a room has the tag of the room first', () => {
  const built = [
    ...Object.entries(OF_ROOM).map(([name, rest]) => build(name, ROOM, ...rest)),
    ...Object.entries(OF_TAG).map(([name, rest]) => build(name, tagOf(ROOM), ...rest)),
    keys.pageKey({ roomId: ROOM, channel: 'room', epoch: 1, block: 0, size: 100 }),
  ];
  expect(built.filter((key) => !key.startsWith('pr:{ab}:'))).toEqual([]);
  expect(built.filter((key) => keys.hashTagOf(key) !== 'ab')).toEqual([]);
  expect(new Set(built).size).toBe(built.length);
});

it('every key that keys.ts builds is looked at here', () => {
  const others = [
    ...['pageKey', 'sessionKey', 'sessionsKey', 'sessionsPrefix', 'pinKey', 'livePinsKey'],
    ...['pinTriesOfSessionKey', 'pinTriesOfNetworkKey', 'pinExtraTryKey'],
    ...['pinTriesAgainKey', 'limitKey', 'nodeKey'],
    ...['roomShardChannel', 'doorShardChannel', 'hashTagOf', 'logKeys', 'roomArgs'],
  ];
  const functions = Object.keys(exported).filter((name) => typeof exported[name] === 'function');
  const known = [...Object.keys(OF_ROOM), ...Object.keys(OF_TAG), ...others];
  expect(functions.sort()).toEqual(known.sort());
});

it('the keys of a session have the tag of its user', () => {
  expect(keys.hashTagOf(keys.sessionsKey(USER))).toBe('cd');
  expect(keys.hashTagOf(keys.sessionKey(USER))).toBe('cd');
});

it('the keys of the PIN index and of the leases have one tag each, which no room has', () => {
  const index = [
    ...[keys.pinKey('123456'), keys.livePinsKey(6), keys.pinReadyKey, keys.pinRebuildKey],
    ...[keys.pinTriesOfSessionKey(USER), keys.pinExtraTryKey(USER)],
    ...[keys.pinTriesOfNetworkKey('192.0.2.1'), keys.pinTriesAgainKey('192.0.2.1')],
  ];
  expect(new Set(index).size).toBe(index.length);
  expect(new Set(index.map(keys.hashTagOf))).toEqual(new Set(['pin']));
  const leases = [keys.livesKey, keys.ownersKey, keys.endedLivesKey, keys.nodeKey('a life')];
  expect(new Set(leases.map(keys.hashTagOf))).toEqual(new Set(['tags']));
  const log = [keys.systemLogKey, keys.systemSaidKey, keys.systemArchivedKey];
  expect(new Set(log.map(keys.hashTagOf))).toEqual(new Set(['system']));
  expect(ALL_TAGS).not.toContain('system');
  expect(keys.hashTagOf(keys.endedSessionsKey)).toBe('ended');
  expect(keys.hashTagOf(keys.endedSessionsChannel)).toBe('ended');
  expect(ALL_TAGS).not.toContain('ended');
  expect(ALL_TAGS).not.toContain('pin');
  expect(ALL_TAGS).not.toContain('tags');
});

it('what somebody has used of a limit lies with the others of its subject', () => {
  expect(keys.hashTagOf(keys.limitKey('sessions', '2001:db8:0:1::/64'))).toBe('2001:db8:0:1::/64');
});

it('no other file builds the name of a key', () => {
  const places = [...filesBelow('server/src', '.ts'), ...filesBelow('load-tests/src', '.ts')]
    .filter(({ name }) => name !== 'server/src/drivers/redis/keys.ts' && !name.endsWith('.test.ts'))
    .filter(({ text }) => /['"`]pr:/.test(withoutComments(text)))
    .map(({ name }) => name);
  const scripts = filesBelow('server/src/drivers/redis/lua', '.lua')
    .filter(({ text }) => /['"]pr:/.test(text.replace(/^\s*--.*$/gm, '')))
    .map(({ name }) => name);
  expect([...places, ...scripts]).toEqual([]);
});
