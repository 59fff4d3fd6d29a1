import { parseEntryId, type Settings } from '@pinroom/client/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Frame } from '../../../src/engine/fanout/frame.port.js';
import { nicknameForms } from '../../../src/engine/room/text.js';
import { STORE_DRIVERS } from './drivers.js';
import {
  appendRequest,
  joinRequest,
  NEW_ROOM,
  newId,
  newRecord,
  SETTINGS,
} from './sample-rooms.js';
import type { Stores } from './store-driver.js';
import { useStores } from './use-stores.js';

const USERS = ['aa', 'bb', 'cc', 'dd', 'ee'].map((tag) => newId(tag));
const NICKNAMES = ['Ann', 'ann', 'Bob', '\u0410nn', 'B0b', 'Cyd'];
const KEEP = 3;
const BACKLOG = 14;

const user = fc.nat({ max: USERS.length - 1 });
const socketId = fc.constantFrom('s1', 's2');
const maybe = (...values: string[]) => fc.option(fc.constantFrom(...values), { freq: 1 });

/** What people and the archive do in a room; users are numbers into `USERS`. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      user,
      socketId,
      nickname: fc.constantFrom(...NICKNAMES),
      role: fc.constantFrom('player' as const, 'spectator' as const),
      asHost: fc.boolean(),
      isReturning: fc.boolean(),
      isMuted: fc.boolean(),
      network: fc.constantFrom('n1', 'n2'),
      passcodeHash: maybe('h1', 'h2'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('rename' as const),
      user,
      nickname: fc.constantFrom(...NICKNAMES),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('mute' as const),
      user,
      by: user,
      muted: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('host' as const),
      user,
      by: user,
      action: fc.constantFrom('grant' as const, 'revoke' as const, 'transfer' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('release' as const),
      user,
      socketId,
      graceMs: fc.constantFrom(0, 1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), user }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('kick' as const),
      user,
      ban: fc.boolean(),
      network: maybe('n1'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('decide' as const), user, admit: fc.boolean() }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      user: fc.option(user, { freq: 6 }),
      channel: fc.constantFrom('room', 'host', 'log', `user:${USERS[0]}`, `user:${USERS[1]}`),
      type: fc.constantFrom('chat', 'answer'),
      payload: fc.json({ maxDepth: 2 }),
      key: maybe('k1', 'k2', 'k3'),
      once: maybe('o1', 'o2'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('confirm' as const),
      channel: fc.constantFrom('room', 'host', 'log', `user:${USERS[0]}`),
      count: fc.nat({ max: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('update' as const),
      change: fc.record(
        {
          title: fc.string(),
          locked: fc.boolean(),
          passcodeHash: maybe('h1', 'h2'),
          capacity: fc.integer({ min: 1, max: 4 }),
          settings: fc.record({
            playersMaySend: fc.boolean(),
            approval: fc.boolean(),
            typesByRole: fc.constantFrom<Settings['typesByRole'][]>(
              {},
              { player: ['answer'] },
              { host: [], player: [] },
            ),
            onHostGone: fc.constantFrom('keep' as const, 'transfer' as const, 'close' as const),
            hostGraceSeconds: fc.constantFrom(0, 60),
          }),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      channel: fc.constantFrom('room', 'log'),
      take: fc.constantFrom('oldest' as const, 'newest' as const),
      after: fc.option(fc.nat({ max: 8 })),
      before: fc.option(fc.nat({ max: 8 })),
      limit: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('patch' as const),
      user: fc.option(user, { freq: 3 }),
      base: fc.nat({ max: 2 }),
      json: fc.json({ maxDepth: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
);
const ending = fc.constantFrom('none', 'close', 'close twice');

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Ids without their epoch, which is each driver's own. */
function seqOf(id: string | null): number | null {
  return id === null ? null : (parseEntryId(id)?.seq ?? null);
}

async function take(stores: Stores, roomId: string, given: Step): Promise<unknown> {
  switch (given.do) {
    case 'join': {
      const { do: _, user: n, ...who } = given;
      const request = joinRequest(roomId, { ...who, userId: USERS[n] ?? '' });
      const outcome = await stores.members.join(request);
      if (outcome.kind !== 'joined') return outcome;
      return { ...outcome, self: { ...outcome.self, joinedAt: 0 } };
    }
    case 'release': {
      const userId = USERS[given.user] ?? '';
      const seat = { roomId, userId, life: 'life-1', socketId: given.socketId };
      await stores.members.release(seat, given.graceMs);
      // Who leaves first is told by the time; at the same millisecond nobody could say.
      return await stores.pass(2);
    }
    case 'leave':
      return await stores.members.leave(roomId, USERS[given.user] ?? '');
    case 'kick': {
      const userId = USERS[given.user] ?? '';
      const { ban, network } = given;
      return await stores.members.kick({ roomId, userId, ban, network, byUserId: null });
    }
    case 'rename': {
      const userId = USERS[given.user] ?? '';
      const forms = nicknameForms(given.nickname);
      const renamed = await stores.people.rename({ roomId, userId, ...forms });
      if (renamed.kind !== 'renamed') return renamed;
      return { ...renamed, self: { ...renamed.self, joinedAt: 0 } };
    }
    case 'mute': {
      const [userId = '', byUserId = ''] = [USERS[given.user], USERS[given.by]];
      return await stores.people.mute({ roomId, userId, byUserId, muted: given.muted });
    }
    case 'host': {
      const [userId = '', byUserId = ''] = [USERS[given.user], USERS[given.by]];
      const { action } = given;
      const changed = await stores.people.changeHost({ roomId, userId, byUserId, action });
      return changed.kind === 'changed' ? changed.room.hostIds : changed;
    }
    case 'decide': {
      const userId = USERS[given.user] ?? '';
      const outcome = await stores.waiting.decide({ roomId, userId, admit: given.admit });
      const list = await stores.waiting.list(roomId);
      // Who asked first is told by the time; at the same millisecond nobody could say.
      const waiting = list?.waiting.map(({ joinedAt: _, ...who }) => who);
      return [outcome, waiting?.sort((a, b) => (a.userId < b.userId ? -1 : 1))];
    }
    case 'append':
      return await append(stores, roomId, given);
    case 'confirm': {
      const { channel } = given;
      const [batch] = await stores.queue.readPending([{ roomId, channel }], given.count + 1);
      if (batch?.lastId) await stores.queue.confirm([{ roomId, channel, lastId: batch.lastId }]);
      return batch?.rows.map((row) => ({ ...row, epoch: 0, at: 0, after: seqOf(row.after) }));
    }
    case 'update': {
      const { settings, ...rest } = given.change;
      const change = settings ? { ...rest, settings: { ...SETTINGS, ...settings } } : rest;
      return (await stores.rooms.update(roomId, change, null))?.rev;
    }
    case 'read':
      return await read(stores, roomId, given);
    case 'patch': {
      const { base, json, user: n } = given;
      const userId = n === null ? null : (USERS[n] ?? '');
      return await stores.states.write({ roomId, userId, base, json, patchJson: json });
    }
    case 'sweep':
      await stores.pass(2);
      return [
        await stores.members.removeAway([roomId.slice(-2)], 10),
        await stores.people.judgeHosts([roomId.slice(-2)], 10),
      ];
  }
}

async function append(stores: Stores, roomId: string, given: Extract<Step, { do: 'append' }>) {
  const { channel, type, key, once, user: n } = given;
  const sender = n === null ? null : { userId: USERS[n] ?? '', nickname: NICKNAMES[n] ?? '' };
  const changes = { sender, channel, type, key, once, payloadJson: given.payload };
  const outcome = await stores.feed.append(appendRequest(roomId, changes));
  return outcome.kind === 'appended'
    ? { seq: seqOf(outcome.id), duplicate: outcome.duplicate }
    : outcome;
}

async function read(stores: Stores, roomId: string, given: Extract<Step, { do: 'read' }>) {
  const { channel, limit, take: end } = given;
  const epoch = (await stores.feed.tops(roomId)).get(channel)?.split('-')[0] ?? '1';
  const id = (seq: number | null) => (seq === null ? null : `${epoch}-${seq}`);
  const bounds = { after: id(given.after), before: id(given.before) };
  const { entries } = await stores.feed.read({ roomId, channel, ...bounds, limit, take: end });
  return entries.map((entry) => ({ ...entry, id: seqOf(entry.id), at: 0 }));
}

/** All that can be seen of a room. */
async function look(stores: Stores, roomId: string): Promise<unknown> {
  const room = await stores.rooms.get(roomId);
  const list = await stores.members.list(roomId, { cursor: null, limit: 50 });
  const rights = await stores.members.rights(roomId, USERS);
  const tops = await stores.feed.tops(roomId);
  const all = { channels: ['room', 'host', 'log'], entries: 50 };
  const own = await stores.snapshots.own(roomId, USERS[0] ?? '', all);
  const pending = await stores.queue.listPending([roomId.slice(-2)], 50);
  return {
    room: room && {
      ...room,
      epoch: 0,
      createdAt: 0,
      maxUntil: 0,
      activeAt: 0,
      closedAt: room.closedAt !== null,
    },
    members: list && {
      ...list,
      nextCursor: null,
      members: list.members.map((member) => ({ ...member, joinedAt: 0 })),
    },
    rights: rights?.members.map(({ userId, role }) => `${userId} ${role}`).sort(),
    hostState: rights?.hostState,
    tops: [...tops].map(([channel, id]) => `${channel} ${seqOf(id)}`).sort(),
    channels: [...(own?.channels ?? [])].map(([channel, { entries, lastId }]) => [
      channel,
      seqOf(lastId),
      entries.map((entry) => ({ ...entry, id: seqOf(entry.id), at: 0 })),
    ]),
    state: await stores.states.read(roomId),
    unsaved: await stores.states.listUnsaved([roomId.slice(-2)], 50),
    waiting: await stores.queue.countPending(roomId),
    pending: pending.map(({ channel }) => channel).sort(),
  };
}

/** A frame without what is each driver's own: epochs and times. */
function tell(frame: Frame): unknown {
  switch (frame.kind) {
    case 'entry': {
      const text = new TextDecoder().decode(frame.body);
      const body = text.replace(/"(id|after)":"\d+-/g, '"$1":"').replace(/"at":\d+/, '');
      return { ...frame, id: seqOf(frame.id), after: seqOf(frame.after), body };
    }
    case 'state':
      return { ...frame, body: new TextDecoder().decode(frame.body) };
    case 'presence':
      return { ...frame, delta: JSON.stringify(frame.delta).replace(/"joinedAt":\d+/, '') };
    default:
      return frame;
  }
}

async function run(stores: Stores, roomId: string, steps: readonly Step[], end: string) {
  const trace: unknown[] = [];
  const frames = await stores.watch(roomId);
  const record = newRecord(stores, { id: roomId, capacity: 2, createdBy: USERS[0] ?? '' });
  await stores.rooms.put({ ...record, hostIds: [USERS[4] ?? ''] }, NEW_ROOM);
  for (const given of steps) trace.push([given, await take(stores, roomId, given)]);
  trace.push(await look(stores, roomId));
  if (end !== 'none') trace.push(await stores.rooms.close(roomId, 'closed', null));
  if (end === 'close twice') trace.push(await stores.rooms.close(roomId, 'closed', null));
  for (const given of steps.slice(0, 5)) {
    // `update` of a closed room rejects; its own suite looks at that.
    if (given.do !== 'update') trace.push([given, await take(stores, roomId, given)]);
  }
  trace.push(await look(stores, roomId));
  return { trace, frames };
}

const opens = STORE_DRIVERS.map((driver) => ({ open: useStores(driver) }));

test('[FEED-1] [MEMBER-1] [MEMBER-10] [MEMBER-11] [PEOPLE-1] [PEOPLE-3] [PEOPLE-4] [PEOPLE-6] [QUEUE-3] [STATE-2] whatever happens in a room, every driver tells the same', async () => {
  const drivers: Stores[] = [];
  for (const { open } of opens) {
    drivers.push(await open({ channelKeep: KEEP, backlogEntries: BACKLOG }));
  }
  const steps = fc.array(step, { minLength: 10, maxLength: 60 });
  const property = fc.asyncProperty(steps, ending, async (given, end) => {
    const roomId = newId('7f');
    const runs = [];
    for (const stores of drivers) runs.push(await run(stores, roomId, given, end));
    const [first, ...others] = runs;
    for (const other of others) {
      expect(other.trace).toEqual(first?.trace);
      await expect.poll(() => other.frames.length).toBe(first?.frames.length);
      expect(other.frames.map(tell)).toEqual(first?.frames.map(tell));
    }
    for (const stores of drivers) await stores.loseData();
  });
  await fc.assert(property, { seed: 20_261_123, numRuns: 60 });
}, 120_000);
