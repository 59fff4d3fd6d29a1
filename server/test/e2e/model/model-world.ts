import { type Entry, followedChannels, type Member, type Room } from '@pinroom/client/contract';
import { expect } from 'vitest';
import { call, newSession } from '../../support/http-calls.js';
import { RawSocket, type SeenEvent } from '../../support/raw-socket.js';
import { until } from '../../support/until.js';
import { type Outcome, RoomModel, type Said } from './room-model.js';

export interface WorldUser {
  readonly userId: string;
  readonly nickname: string;
  readonly token: string;
}

/** One connection of a user, with what it should have heard. */
export interface WorldSocket {
  readonly number: number;
  readonly user: WorldUser;
  raw: RawSocket;
  url: string;
  /** In order; a number of the server's makes no part of it. */
  readonly expected: string[];
  /** What may come beside it: a join's own news are in its answer, and may come live, too. */
  readonly optional: Set<string>;
  /** Events that were looked at. */
  looked: number;
}

export interface WorldRoom {
  readonly model: RoomModel;
  /** All PINs that it has had. */
  readonly pins: string[];
  readonly hostKey: string;
}

const QUIET: readonly string[] = ['session:ready', 'room:admitted', 'room:left'];

/** Where a socket is. */
export interface Places {
  readonly rooms: readonly string[];
  readonly hosted: readonly string[];
}

/** Real nodes with people on them, beside what the model says of them. */
export class World {
  readonly users: WorldUser[] = [];
  readonly sockets: WorldSocket[] = [];
  readonly rooms: WorldRoom[] = [];
  readonly #urls: readonly string[];
  readonly #apiKey: string;

  constructor(urls: readonly string[], apiKey: string) {
    this.#urls = urls;
    this.#apiKey = apiKey;
  }

  /** A user with a connection to each node. */
  async addUser(nickname: string): Promise<void> {
    const [home = ''] = this.#urls;
    const { accessToken: token, user } = await newSession(home, nickname);
    const added = { userId: user.id, nickname, token };
    this.users.push(added);
    for (const url of this.#urls) {
      this.sockets.push({
        number: this.sockets.length,
        user: added,
        url,
        raw: await new RawSocket(url, { token }).greeted(),
        expected: [],
        optional: new Set(),
        looked: 0,
      });
    }
  }

  async addRoom(opener: WorldSocket, capacity: number): Promise<void> {
    const settings = { hostGraceSeconds: 86_400 };
    const { hostKey, room } = await opener.raw.must('room:create', { capacity, settings });
    const model = new RoomModel(room.id, room.pin ?? '', opener.user.userId, capacity);
    this.rooms.push({ model, hostKey, pins: [model.pin] });
  }

  /** The connection is lost, and another one takes its place; it is in no room. */
  async reconnect(socket: WorldSocket): Promise<void> {
    for (const { model } of this.rooms) model.drop(socket.user.userId, socket.number);
    socket.raw.close();
    socket.raw = await new RawSocket(socket.url, { token: socket.user.token }).greeted();
    socket.expected.length = 0;
    socket.looked = 0;
  }

  /** Notes who should hear what came of a command; `before` are the readers of that moment. */
  expectOf(room: WorldRoom, outcome: Outcome, joining: WorldSocket | null): void {
    const { model } = room;
    for (const said of outcome.said ?? []) {
      const line = lineOf(model.id, said);
      for (const number of model.readers(said.channel)) {
        if (number === joining?.number) joining.optional.add(line);
        else this.sockets[number]?.expected.push(line);
      }
      // The hosts of a room that closes hear of it before they are told good-bye.
      if (said.type === 'closed') this.#expectOfHosts(room, outcome, line);
    }
    for (const number of outcome.out?.sockets ?? []) {
      this.sockets[number]?.expected.push(`${model.id} left ${outcome.out?.reason}`);
    }
    for (const number of outcome.door?.sockets ?? []) {
      this.sockets[number]?.expected.push(`${model.id} ${outcome.door?.news}`);
    }
    if (outcome.door && joining) joining.optional.add(`${model.id} admitted true`);
    if (outcome.patched) {
      const { patch, version } = outcome.patched;
      const line = `${model.id} state ${version} ${JSON.stringify(patch)}`;
      for (const number of model.readers('room')) this.sockets[number]?.expected.push(line);
    }
    if (outcome.signal) {
      const line = `${model.id} signal ${outcome.signal.to} ${outcome.signal.payload}`;
      for (const number of model.readers(outcome.signal.to)) {
        this.sockets[number]?.expected.push(line);
      }
    }
  }

  #expectOfHosts({ model }: WorldRoom, outcome: Outcome, line: string): void {
    for (const number of outcome.out?.sockets ?? []) {
      const socket = this.sockets[number];
      if (socket && model.hostIds.includes(socket.user.userId)) socket.expected.push(line);
    }
  }

  /** Waits until everybody has heard what they should; nobody has heard anything else. */
  async compareEvents(placesBefore: ReadonlyMap<number, Places>): Promise<void> {
    for (const socket of this.sockets) {
      const heard = () => heardOf(socket);
      await until(() => heard().length >= socket.expected.length).catch(() => {});
      expect({ socket: socket.number, heard: heard() }).toEqual({
        socket: socket.number,
        heard: socket.expected,
      });
      const places = placesBefore.get(socket.number) ?? this.placesOf(socket);
      const now = this.placesOf(socket);
      const rooms = new Set([...places.rooms, ...now.rooms]);
      const hosted = [...places.hosted, ...now.hosted];
      for (const event of socket.raw.events.slice(socket.looked)) {
        this.#judge(socket, rooms, hosted, event);
      }
      socket.looked = socket.raw.events.length;
    }
  }

  /** The rooms that a socket is in, and those in which its user is a host. */
  placesOf({ number, user }: WorldSocket): Places {
    const held = this.rooms
      .map(({ model }) => model)
      .filter(({ members }) => members.get(user.userId)?.sockets.has(number));
    const hosted = held.filter((model) => model.roleOf(user.userId) === 'host');
    return { rooms: held.map(({ id }) => id), hosted: hosted.map(({ id }) => id) };
  }

  /** No event leaves its room, whatever it says. */
  #judge(
    socket: WorldSocket,
    rooms: ReadonlySet<string>,
    hosted: readonly string[],
    { name, payload }: SeenEvent,
  ): void {
    // What these may say is compared word by word.
    if (QUIET.includes(name)) return;
    const { roomId, room, tops } = payload as { roomId?: string; room?: Room; tops?: object };
    const from = roomId ?? room?.id;
    expect([socket.number, name, rooms.has(from ?? '')]).toEqual([socket.number, name, true]);
    const followed = new Set(followedChannels('host', socket.user.userId));
    if (name === 'room:waiting') expect(hosted).toContain(from);
    const strange = Object.keys(tops ?? {}).filter((channel) => !followed.has(channel));
    expect(strange).toEqual([]);
  }

  /** What the server says of a room is what the model says. */
  async compareRoom(world: WorldRoom): Promise<void> {
    const { model } = world;
    const url = `${this.#urls[0]}/api/rooms/${model.id}`;
    const { body } = await call<{ room: Room }>(url, { token: this.#apiKey });
    const { room } = body;
    expect({
      hostIds: room.hostIds,
      locked: room.locked,
      capacity: room.capacity,
      isClosed: room.closedAt !== null,
      pin: room.pin,
      approval: room.settings.approval,
      passcodeRequired: room.settings.passcodeRequired,
      memberCount: model.isClosed ? model.members.size : room.memberCount,
      playersMaySend: room.settings.playersMaySend,
      typesByRole: room.settings.typesByRole,
    }).toEqual({
      hostIds: model.hostIds,
      locked: model.locked,
      capacity: model.capacity,
      isClosed: model.isClosed,
      pin: model.isClosed ? null : model.pin,
      approval: model.approval,
      passcodeRequired: model.passcode !== null,
      memberCount: model.members.size,
      playersMaySend: model.playersMaySend,
      typesByRole: model.typesByRole,
    });
    const state = await call(`${url}/state`, { token: this.#apiKey });
    expect(state.body).toEqual(model.state);
    const channels = new Set(['room', 'host', 'log', ...model.said.map((said) => said.channel)]);
    for (const channel of channels) await this.#compareChannel(model, url, channel);
    if (!model.isClosed) await this.#compareMembers(model);
  }

  async #compareChannel(model: RoomModel, url: string, channel: string): Promise<void> {
    const address = `${url}/entries?limit=200&channel=${channel}`;
    const { body } = await call<{ entries: Entry[] }>(address, { token: this.#apiKey });
    const lines = model.said.filter((said) => said.channel === channel);
    expect(body.entries.map(entryLine)).toEqual(
      lines.slice(-200).map((said) => lineOf(model.id, said)),
    );
  }

  async #compareMembers(model: RoomModel): Promise<void> {
    const asker = this.sockets.find(({ user }) => model.hostIds.includes(user.userId));
    if (!asker) return;
    const describe = ({ muted, nickname, online, role, userId }: Omit<Member, 'joinedAt'>) =>
      [userId, nickname, role, muted ? 'muted' : 'may speak', online ? 'online' : 'away'].join(' ');
    const expected = [...model.members.values()].map((member) =>
      describe({ ...member, online: member.sockets.size > 0 }),
    );
    const ask = async () => {
      const { members } = await asker.raw.must('room:members', { roomId: model.id, limit: 200 });
      return members.map(describe);
    };
    // Who has just dropped may look as if still there for a moment.
    await until(async () => String(await ask()) === String(expected)).catch(() => {});
    expect(await ask()).toEqual(expected);
  }
}

function lineOf(roomId: string, { about, channel, type }: Said): string {
  return `${roomId} ${channel} ${type} ${about}`;
}

function entryLine({ channel, payload, roomId, type }: Entry): string {
  return lineOf(roomId, { channel, type, about: aboutOf(channel, type, payload) });
}

/** What the log is about: a person where it is about one. */
function aboutOf(channel: string, type: string, payload: unknown): string {
  if (channel !== 'log') return String(payload);
  const { by, userId } = payload as { by?: string; userId?: string };
  return (type === 'closed' ? by : userId) ?? '';
}

/** What a socket has heard of what is foretold. */
function heardOf({ optional, raw }: WorldSocket): string[] {
  return raw.events
    .flatMap(({ name, payload }) => {
      switch (name) {
        case 'room:entry':
          return [entryLine(payload as Entry)];
        case 'room:signal': {
          const { roomId, to, payload: said } = payload as Record<string, unknown>;
          return [`${roomId} signal ${to} ${said}`];
        }
        case 'room:state': {
          const { patch, roomId, version } = payload as Record<string, unknown>;
          return [`${roomId} state ${version} ${JSON.stringify(patch)}`];
        }
        case 'room:admitted': {
          const { admit, roomId } = payload as Record<string, unknown>;
          return [`${roomId} admitted ${admit}`];
        }
        case 'room:left': {
          const { reason, roomId } = payload as Record<string, unknown>;
          return [`${roomId} left ${reason}`];
        }
        default:
          return [];
      }
    })
    .filter((line) => !optional.has(line));
}
