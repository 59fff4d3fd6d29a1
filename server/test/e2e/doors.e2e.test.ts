import type { CommandPayload, Member, Room } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends } from '../support/backends.js';
import { connectToRedis } from '../support/connect-to-redis.js';
import { call } from '../support/http-calls.js';
import { codeOf, openSocket, RawSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson, openRoom, refusal } from '../support/test-client.js';
import { until } from '../support/until.js';

const GUESSES = 5;
const RECOVERY_MS = 20_000;

type Waiting = { roomId: string; waiting: Member[] };
type Person = Awaited<ReturnType<typeof openSocket>>;

describe('the door of a room on two nodes', () => {
  let backends: Backends;
  let nodes: readonly [SpawnedNode, SpawnedNode];

  beforeAll(async () => {
    backends = await startBackends();
    const env = { ...backends.env, PINROOM_RATE_PIN_TRIES_PER_SESSION: `${GUESSES}` };
    nodes = await Promise.all([
      spawnNode({ env, transport: 'uws' }),
      spawnNode({ env, transport: 'ws' }),
    ]);
  });

  const here = (nickname: string) => openSocket(nodes[0].url, nickname);
  const there = (nickname: string) => openSocket(nodes[1].url, nickname);
  /** Another device of a person, on the other node. */
  const secondOf = ({ token }: Person) => new RawSocket(nodes[1].url, { token }).greeted();

  /** An open room with its host in it. */
  async function roomWith(settings: CommandPayload<'room:create'>['settings'] = {}, capacity = 50) {
    const host = await here('Host');
    const wish = { settings, capacity };
    const { room, hostKey } = await host.socket.must('room:create', wish);
    await host.socket.must('room:join', { roomId: room.id });
    return { host, hostKey, pin: room.pin ?? '', roomId: room.id };
  }
  const join = async ({ socket }: Pick<Person, 'socket'>, wish: CommandPayload<'room:join'>) =>
    codeOf(await socket.ask('room:join', wish));
  const namesTold = ({ socket }: Person) =>
    socket
      .seen<Waiting>('room:waiting')
      .at(-1)
      ?.waiting.map(({ nickname }) => nickname);
  /** What was said to a socket of anything but the session. */
  const heard = (socket: RawSocket) =>
    socket.events.filter(({ name }) => name !== 'session:ready').map(({ name }) => name);

  it('gets another PIN, with which people find it, and not with the one before', async () => {
    const { host, pin, roomId } = await roomWith();
    const player = await there('Player');
    await player.socket.must('room:join', { pin });
    const replace = () => host.socket.must('room:new-pin', { roomId, current: pin });
    const rooms = (await Promise.all([replace(), replace(), replace()])).map(({ room }) => room);
    const next = rooms[0]?.pin ?? '';
    expect(next).not.toBe(pin);
    expect(rooms.map((room) => room.pin)).toEqual([next, next, next]);
    expect((await replace()).room.pin).toBe(next);
    const updates = () => player.socket.seen<{ room: Room }>('room:updated');
    await until(() => updates().at(-1)?.room.pin === next);
    const log = await call<{ entries: { type: string; payload: unknown }[] }>(
      `${nodes[1].url}/api/rooms/${roomId}/entries?channel=log`,
      { token: host.token },
    );
    const replaced = log.body.entries.filter(({ type }) => type === 'new-pin');
    expect(replaced.map(({ payload }) => payload)).toEqual([{ by: host.userId }]);
    const late = await there('Late');
    expect(await join(late, { pin })).toBe('room_not_found');
    const byPin = (one: string) =>
      call(`${nodes[1].url}/api/rooms/by-pin/${one}`, { token: late.token });
    expect((await byPin(pin)).code).toBe('room_not_found');
    expect((await byPin(next)).status).toBe(200);
    expect(await join(late, { pin: next })).toBe('ok');
    expect(await join(player, { roomId })).toBe('ok');

    const redis = connectToRedis(backends.redis.url);
    await redis.flushall();
    redis.disconnect();
    await until(async () => (await byPin(next)).status === 200, RECOVERY_MS);
    expect((await byPin(pin)).code).toBe('room_not_found');
    await host.socket.must('room:close', { roomId });
    await until(async () => (await byPin(next)).code === 'room_not_found');
  });

  it('lets in who knows the passcode, a member, a host and who has the key', async () => {
    const passcode = 'open sesame';
    const { host, hostKey, pin, roomId } = await roomWith({ passcode });
    const player = await there('Player');
    const [missing, wrong] = [{ pin }, { pin, passcode: 'wrong' }];
    expect(await join(player, missing)).toBe('passcode_required');
    expect(await join(player, wrong)).toBe('passcode_required');
    const answer = await player.socket.must('room:join', { pin, passcode });
    expect(answer.room.settings).toMatchObject({ passcodeRequired: true });
    // A member comes back with none, or with one from before it was changed.
    await host.socket.must('room:update', { roomId, settings: { passcode: '1234' } });
    for (const wish of [{ roomId }, { roomId, passcode }]) {
      expect(await join(player, wish)).toBe('ok');
    }
    const second = await secondOf(player);
    expect(await join({ socket: second }, { roomId })).toBe('ok');
    const late = await there('Late');
    expect(await join(late, { pin, passcode })).toBe('passcode_required');
    expect(await join(late, { pin, passcode: ' 1234 ' })).toBe('ok');
    expect(await join(await there('Co-host'), { roomId, hostKey })).toBe('ok');
    expect(await join(host, { roomId, passcode: 'whatever' })).toBe('ok');
    await host.socket.must('room:update', { roomId, settings: { passcode: null } });
    expect(await join(await there('Anyone'), { pin })).toBe('ok');
    // Told to nobody, and in plain text nowhere.
    const everybody = [host.socket, player.socket, second, late.socket];
    expect(JSON.stringify(everybody.map(({ events }) => events))).not.toMatch(/sesame|1234"/);
    const rows = await backends.query('select * from rooms where id = $1', [roomId]);
    const entries = await backends.query('select payload from entries where room_id = $1', [
      roomId,
    ]);
    expect(JSON.stringify([rows, entries])).not.toMatch(/sesame|"1234"/);
    expect(nodes.map((node) => node.output()).join()).not.toContain('sesame');
  });

  it('keeps its passcode when Redis has lost its data', async () => {
    const { pin } = await roomWith({ passcode: 'open sesame' });
    const redis = connectToRedis(backends.redis.url);
    await redis.flushall();
    redis.disconnect();
    const player = await there('Player');
    await until(async () => (await join(player, { pin })) === 'passcode_required', RECOVERY_MS);
    expect(await join(player, { pin, passcode: 'open sesame' })).toBe('ok');
  });

  it('tells nobody any more who has guessed too often, but takes members back', async () => {
    const { host, pin, roomId } = await roomWith({ passcode: 'open sesame' });
    const member = await there('Member');
    await member.socket.must('room:join', { pin, passcode: 'open sesame' });
    const guesser = await there('Guesser');
    const device = await secondOf(guesser);
    for (let n = 0; n < 8; n++) expect(await join(guesser, { pin })).toBe('passcode_required');
    // Of many at once, from two devices, no more than may be are answered; wrong PINs count with them.
    const guess = (socket: RawSocket, passcode: string) => join({ socket }, { roomId, passcode });
    const codes = await Promise.all(
      Array.from({ length: 12 }, (_, n) => guess(n % 2 ? guesser.socket : device, `guess ${n}`)),
    );
    expect(codes.filter((code) => code === 'passcode_required')).toHaveLength(GUESSES);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(12 - GUESSES);
    const right = await guesser.socket.ask('room:join', { roomId, passcode: 'open sesame' });
    expect(right).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
    expect(right.ok ? 0 : right.error.retryAfterMs).toBeGreaterThan(0);
    expect(await join(guesser, { pin: '99' })).toBe('rate_limited');
    const forgetful = Array.from({ length: 8 }, (_, n) => ({ roomId, passcode: `old ${n}` }));
    for (const wish of forgetful) expect(await join(member, wish)).toBe('ok');
    expect(await join(member, { roomId, passcode: 'open sesame' })).toBe('ok');
    expect(await join(host, { roomId })).toBe('ok');
  });

  it('has newcomers wait for a host, who is told who they are, and hear nothing meanwhile', async () => {
    const { host, pin, roomId } = await roomWith({ approval: true });
    const [ann, bea] = [await there('Ann'), await here('Bea')];
    const second = await secondOf(ann);
    await until(() => namesTold(host)?.length === 0);
    for (const socket of [ann.socket, second, bea.socket]) {
      expect(await join({ socket }, { pin })).toBe('waiting_for_host');
    }
    await until(() => namesTold(host)?.join() === 'Ann,Bea');
    expect(await join(await there('Host'), { pin })).toBe('nickname_taken');
    await host.socket.must('room:send', { roomId, type: 'chat', payload: 'for members' });
    await host.socket.must('room:signal', { roomId, type: 'wave', payload: 1 });
    await host.socket.must('room:update', { roomId, title: 'Quiz' });
    expect(codeOf(await ann.socket.ask('room:history', { roomId }))).toBe('not_in_room');
    await until(() => host.socket.seen('room:updated').length > 0);
    await host.socket.must('room:admit', { roomId, userId: ann.userId, admit: true });
    await host.socket.must('room:admit', { roomId, userId: bea.userId, admit: false });
    const verdicts = [ann.socket, second, bea.socket];
    await until(() => verdicts.every((socket) => heard(socket).length > 0));
    expect(verdicts.map(heard)).toEqual(verdicts.map(() => ['room:admitted']));
    expect(verdicts.flatMap((socket) => socket.seen('room:admitted'))).toEqual(
      [true, true, false].map((admit) => ({ roomId, admit })),
    );
    for (const socket of [ann.socket, second]) expect(await join({ socket }, { pin })).toBe('ok');
    expect(await join(bea, { roomId })).toBe('waiting_for_host');
    await until(() => namesTold(host)?.join() === 'Bea');
    // Players are never told, and who is gone waits no more.
    expect(ann.socket.seen('room:waiting')).toEqual([]);
    bea.socket.close();
    await until(() => namesTold(host)?.length === 0);
    expect(bea.socket.seen('room:entry')).toEqual([]);
    // An admitted one who left comes back, a kicked one asks again.
    await second.must('room:leave', { roomId, everywhere: true });
    expect(await join(ann, { pin })).toBe('ok');
    await host.socket.must('room:kick', { roomId, userId: ann.userId });
    expect(await join(ann, { pin })).toBe('waiting_for_host');
    await host.socket.must('room:kick', { roomId, userId: ann.userId, ban: true });
    await until(() => ann.socket.seen('room:admitted').length === 2);
    expect(await join(ann, { pin })).toBe('banned');
  });

  it('tells a host who comes later, or has become one, who waits; and all may come when it opens', async () => {
    const { host, hostKey, pin, roomId } = await roomWith({ approval: true, passcode: '1234' });
    const crowd = await Promise.all(
      Array.from({ length: 12 }, (_, n) => (n % 2 ? here : there)(`Guest ${n}`)),
    );
    expect(await join(crowd[0] as Person, { pin })).toBe('passcode_required');
    const wish = { pin, passcode: '1234' };
    const codes = await Promise.all(crowd.map((person) => join(person, wish)));
    expect(new Set(codes)).toEqual(new Set(['waiting_for_host']));
    const other = await there('Other host');
    await other.socket.must('room:join', { roomId, hostKey });
    await until(() => namesTold(other)?.length === 12 && namesTold(host)?.length === 12);
    // Whoever cancels waits no more; the others do, also in a room that is full.
    const [first, ...others] = crowd as [Person, ...Person[]];
    await first.socket.must('room:leave', { roomId });
    await until(() => namesTold(other)?.length === 11);
    expect(codeOf(await first.socket.ask('room:leave', { roomId }))).toBe('not_in_room');
    await host.socket.must('room:update', { roomId, settings: { approval: false } });
    await until(() => others.every(({ socket }) => socket.seen('room:admitted').length === 1));
    await until(() => namesTold(other)?.length === 0);
    const after = await Promise.all(others.map((person) => join(person, wish)));
    expect(new Set(after)).toEqual(new Set(['ok']));
  });

  it('tells who waits that the room is closed', async () => {
    const { host, pin, roomId } = await roomWith({ approval: true });
    const ann = await there('Ann');
    expect(await join(ann, { pin })).toBe('waiting_for_host');
    await host.socket.must('room:close', { roomId });
    await until(() => ann.socket.seen('room:left').length > 0);
    expect(ann.socket.events.slice(1)).toEqual([
      { name: 'room:left', payload: { roomId, reason: 'closed' } },
    ]);
  });

  it('takes members back, locked or full or neither', async () => {
    const { host, pin, roomId } = await roomWith({}, 1);
    const player = await there('Player');
    await player.socket.must('room:join', { pin });
    expect(await join(await there('Late'), { pin })).toBe('room_full');
    await host.socket.must('room:update', { roomId, locked: true });
    expect(await join(await there('Late'), { pin })).toBe('room_locked');
    expect(await join(await there('Late'), { pin, role: 'spectator' })).toBe('room_locked');
    player.socket.close();
    const again = await secondOf(player);
    expect(await join({ socket: again }, { pin })).toBe('ok');
    await host.socket.must('room:update', { roomId, locked: false, capacity: 2 });
    expect(await join(await there('Late'), { pin })).toBe('ok');
  });

  it('is one that the library waits at, over reconnects and other nodes', async () => {
    const host = await newPerson(nodes[0].url, 'Host');
    const { handle, pin, roomId } = await openRoom(host, { settings: { approval: true } });
    const lists: Member[][] = [];
    handle.on('waiting', ({ waiting }) => lists.push(waiting));
    const [ann, bea] = await Promise.all(
      ['Ann', 'Bea'].map((name) => newPerson(nodes[1].url, name)),
    );
    if (!ann || !bea) throw new Error('there are two');
    const told: string[] = [];
    ann.client.on('waiting', (event) => told.push(event.roomId));
    const [waiting, refused] = [ann.client.joinRoom({ pin }), bea.client.joinRoom({ pin })];
    void waiting.catch(() => {});
    const code = refusal(refused);
    await until(() => lists.at(-1)?.length === 2);
    expect(told).toEqual([roomId]);
    expect(handle.waiting).toEqual(lists.at(-1));
    await handle.admit(bea.userId, false);
    expect(await code).toBe('forbidden');
    // The PIN is another one meanwhile, the connection is lost, the other node takes over.
    const room = await handle.newPin();
    const since = () => lists.at(-1)?.find(({ userId }) => userId === ann.userId)?.joinedAt ?? 0;
    const before = since();
    ann.moveTo(nodes[0].url);
    ann.cut();
    await until(() => since() > before);
    await handle.admit(ann.userId);
    expect((await waiting).id).toBe(roomId);
    await until(() => handle.memberCount === 2 && handle.waiting.length === 0);
    // Who gives up is on the list no more.
    const cleo = await newPerson(nodes[1].url, 'Cleo');
    const given = new AbortController();
    const late = refusal(cleo.client.joinRoom({ pin: room.pin, signal: given.signal }));
    await until(() => handle.waiting.length === 1);
    given.abort();
    expect(await late).toBe('stopped');
    await until(() => handle.waiting.length === 0);
  });
});
