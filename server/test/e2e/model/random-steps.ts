import { pick } from '../../fault/rig/random.js';
import { codeOf } from '../../support/raw-socket.js';
import type { World, WorldRoom, WorldSocket, WorldUser } from './model-world.js';
import type { Outcome } from './room-model.js';

/** What a command came to, as far as the model needs it. */
export interface Answer {
  readonly code: string;
  readonly isDuplicate?: boolean;
  readonly pin?: string;
}

/** A step that was drawn: what it is called, how it is carried out, and what the model says of it. */
export interface Step {
  readonly name: string;
  readonly room: WorldRoom;
  /** The socket that joins with it. */
  readonly joining?: WorldSocket;
  /** Carries it out, and answers the code. */
  run(): Promise<Answer>;
  foretell(): Outcome;
}

type Random = () => number;
type Draw = (place: Place) => Omit<Step, 'room'>;

interface Place {
  readonly random: Random;
  readonly socket: WorldSocket;
  readonly room: WorldRoom;
  readonly other: WorldUser;
  readonly step: number;
}

const NICKNAMES = ['Ada', 'ada', 'Ben', 'Cleo', 'Dan', 'Eve', 'Fay'];
const TYPES = ['chat', 'answer'];
const PASSCODE = 'sesame';
const chance = (random: Random, share: number) => random() < share;

/** What anybody may try, each as often as it is to be drawn. */
const DRAWS: readonly Draw[] = (
  [
    [30, drawJoin],
    [6, drawJoinByPin],
    [9, drawLeave],
    [12, drawAdmit],
    [4, drawNewPin],
    [36, drawSend],
    [12, drawSignal],
    [9, drawHistory],
    [12, drawUpdate],
    [9, drawKick],
    [12, drawRename],
    [12, drawMute],
    [12, drawHost],
    [12, drawPatch],
    [1, drawClose],
  ] as const
).flatMap(([times, draw]) => new Array<Draw>(times).fill(draw));

/** Draws what somebody does somewhere. */
export function drawStep(world: World, random: Random, step: number): Step {
  const socket = pick(random, world.sockets);
  const room = pick(random, world.rooms);
  const other = pick(random, world.users);
  const draw = pick(random, DRAWS);
  return { room, ...draw({ random, socket, room, other, step }) };
}

function drawJoin({ random, room, socket }: Place): Omit<Step, 'room'> {
  const wish = {
    nickname: pick(random, NICKNAMES),
    role: chance(random, 0.8) ? ('player' as const) : ('spectator' as const),
  };
  const asHost = chance(random, 0.1);
  const roomId = room.model.id;
  const secret = asHost ? { hostKey: room.hostKey } : {};
  const passcode = pick(random, [{}, {}, { passcode: PASSCODE }, { passcode: 'wrong' }]);
  return {
    name: `${socket.user.nickname} joins as ${wish.nickname}, ${asHost ? 'host' : wish.role}`,
    joining: socket,
    run: () => ask(socket, 'room:join', { roomId, ...wish, ...secret, ...passcode }),
    foretell: () =>
      room.model.join(socket.user.userId, socket.number, { ...wish, ...passcode, asHost }),
  };
}

/** By PIN; also by one that the room had before. */
function drawJoinByPin({ random, room, socket }: Place): Omit<Step, 'room'> {
  const wish = { nickname: pick(random, NICKNAMES), role: 'player' as const };
  const pin = pick(random, room.pins);
  return {
    name: `${socket.user.nickname} joins by PIN as ${wish.nickname}`,
    joining: socket,
    run: () => ask(socket, 'room:join', { pin, ...wish }),
    foretell: () =>
      room.model.isBehind(pin)
        ? room.model.join(socket.user.userId, socket.number, { ...wish, asHost: false })
        : { code: 'room_not_found' },
  };
}

function drawAdmit({ other, random, room, socket }: Place): Omit<Step, 'room'> {
  const userId = pick(random, [other.userId, ...room.model.waiting.keys()]);
  const admit = chance(random, 0.7);
  return {
    name: `${socket.user.nickname} ${admit ? 'admits' : 'refuses'} ${userId}`,
    run: () => ask(socket, 'room:admit', { roomId: room.model.id, userId, admit }),
    foretell: () => room.model.admit(socket.user.userId, userId, admit),
  };
}

function drawNewPin({ random, room, socket }: Place): Omit<Step, 'room'> {
  const current = pick(random, [room.model.pin, ...room.pins, '0000']);
  return {
    name: `${socket.user.nickname} wants another PIN than ${current}`,
    async run() {
      const answer = await ask(socket, 'room:new-pin', { roomId: room.model.id, current });
      if (answer.pin !== undefined) {
        room.model.pin = answer.pin;
        room.pins.push(answer.pin);
      }
      return answer;
    },
    foretell: () => room.model.newPin(socket.user.userId, current),
  };
}

function drawLeave({ random, room, socket }: Place): Omit<Step, 'room'> {
  const everywhere = chance(random, 0.3);
  return {
    name: `${socket.user.nickname} leaves${everywhere ? ' everywhere' : ''}`,
    run: () => ask(socket, 'room:leave', { roomId: room.model.id, everywhere }),
    foretell: () => room.model.leave(socket.user.userId, socket.number, everywhere),
  };
}

function drawChannel({ other, random }: Place): string {
  return pick(random, ['room', 'room', 'host', `user:${other.userId}`]);
}

function drawSend(place: Place): Omit<Step, 'room'> {
  const { random, room, socket, step } = place;
  const wish = {
    channel: drawChannel(place),
    type: pick(random, TYPES),
    payload: `entry ${step}`,
    ...(chance(random, 0.3) ? { key: pick(random, ['k1', 'k2', 'k3']) } : {}),
    ...(chance(random, 0.2) ? { once: pick(random, ['o1', 'o2']) } : {}),
  };
  return {
    name: `${socket.user.nickname} sends ${JSON.stringify(wish)}`,
    run: () => ask(socket, 'room:send', { roomId: room.model.id, ...wish }),
    foretell: () => room.model.send(socket.user.userId, wish),
  };
}

function drawSignal(place: Place): Omit<Step, 'room'> {
  const { random, room, socket, step } = place;
  const to = drawChannel(place);
  const type = pick(random, TYPES);
  const payload = `signal ${step}`;
  return {
    name: `${socket.user.nickname} signals to ${to}`,
    run: () => ask(socket, 'room:signal', { roomId: room.model.id, to, type, payload }),
    foretell: () => room.model.signal(socket.user.userId, to, type, payload),
  };
}

function drawHistory(place: Place): Omit<Step, 'room'> {
  const { room, socket } = place;
  const channel = place.random() < 0.2 ? 'log' : drawChannel(place);
  return {
    name: `${socket.user.nickname} reads ${channel}`,
    run: () => ask(socket, 'room:history', { roomId: room.model.id, channel }),
    foretell: () => room.model.history(socket.user.userId, channel),
  };
}

function drawUpdate({ random, room, socket }: Place): Omit<Step, 'room'> {
  const change = pick(random, [
    { locked: true },
    { locked: false },
    { locked: false },
    { capacity: 1 + Math.floor(random() * 5) },
    { settings: { playersMaySend: chance(random, 0.6) } },
    { settings: { typesByRole: chance(random, 0.5) ? {} : { player: ['answer'] } } },
    { settings: { approval: true } },
    { settings: { approval: false } },
    { settings: { passcode: chance(random, 0.4) ? PASSCODE : null } },
  ]);
  return {
    name: `${socket.user.nickname} updates ${JSON.stringify(change)}`,
    run: () => ask(socket, 'room:update', { roomId: room.model.id, ...change }),
    foretell: () => room.model.update(socket.user.userId, change),
  };
}

function drawKick({ other, random, room, socket }: Place): Omit<Step, 'room'> {
  const ban = chance(random, 0.15);
  return {
    name: `${socket.user.nickname} ${ban ? 'bans' : 'kicks'} ${other.nickname}`,
    run: () => ask(socket, 'room:kick', { roomId: room.model.id, userId: other.userId, ban }),
    foretell: () => room.model.kick(socket.user.userId, other.userId, ban),
  };
}

function drawRename({ random, room, socket }: Place): Omit<Step, 'room'> {
  const nickname = pick(random, NICKNAMES);
  return {
    name: `${socket.user.nickname} wants to be called ${nickname}`,
    run: () => ask(socket, 'room:rename', { roomId: room.model.id, nickname }),
    foretell: () => room.model.rename(socket.user.userId, nickname),
  };
}

function drawMute({ other, random, room, socket }: Place): Omit<Step, 'room'> {
  const muted = chance(random, 0.5);
  return {
    name: `${socket.user.nickname} ${muted ? 'mutes' : 'unmutes'} ${other.nickname}`,
    run: () => ask(socket, 'room:mute', { roomId: room.model.id, userId: other.userId, muted }),
    foretell: () => room.model.mute(socket.user.userId, other.userId, muted),
  };
}

function drawHost({ other, random, room, socket }: Place): Omit<Step, 'room'> {
  const action = pick(random, ['grant', 'grant', 'revoke', 'transfer'] as const);
  return {
    name: `${socket.user.nickname} asks to ${action} ${other.nickname}`,
    run: () => ask(socket, 'room:host', { roomId: room.model.id, userId: other.userId, action }),
    foretell: () => room.model.changeHost(socket.user.userId, other.userId, action),
  };
}

function drawPatch({ random, room, socket, step }: Place): Omit<Step, 'room'> {
  const patch = pick(random, [{ a: step }, { a: null }, { a: { b: [step] } }, [], { b: {} }]);
  const { version } = room.model.state;
  const guard = chance(random, 0.3) ? { ifVersion: pick(random, [version, version, 0]) } : {};
  return {
    name: `${socket.user.nickname} patches ${JSON.stringify({ patch, ...guard })}`,
    run: () => ask(socket, 'room:state', { roomId: room.model.id, patch, ...guard }),
    foretell: () => room.model.patchState(socket.user.userId, patch, guard.ifVersion),
  };
}

function drawClose({ room, socket }: Place): Omit<Step, 'room'> {
  return {
    name: `${socket.user.nickname} closes the room`,
    run: () => ask(socket, 'room:close', { roomId: room.model.id }),
    foretell: () => room.model.close(socket.user.userId),
  };
}

async function ask(
  { raw }: WorldSocket,
  ...[name, payload]: Parameters<WorldSocket['raw']['ask']>
): Promise<Answer> {
  const answer = await raw.ask(name, payload);
  const data = answer.ok ? (answer.data as { duplicate?: boolean; room?: { pin?: string } }) : {};
  return {
    code: codeOf(answer),
    ...(data.duplicate === undefined ? {} : { isDuplicate: data.duplicate }),
    ...(data.room?.pin === undefined ? {} : { pin: data.room.pin }),
  };
}
