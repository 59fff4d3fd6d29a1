import { channelUser, mayRead, mergePatch, type Role } from '@pinroom/client/contract';

/** What is said in a room, as far as it can be foretold: ids and times are the server's. */
export interface Said {
  readonly channel: string;
  readonly type: string;
  /** The payload of who sent it, or whom an entry of the log is about. */
  readonly about: string;
}

export interface ModelMember {
  readonly userId: string;
  nickname: string;
  role: Role;
  muted: boolean;
  /** Sockets of this member, by their number. */
  readonly sockets: Set<number>;
}

/** What a command comes to. */
export interface Outcome {
  readonly code: string;
  /** What was written, in order. */
  readonly said?: readonly Said[];
  /** Sockets that are told that they are out. */
  readonly out?: { readonly sockets: readonly number[]; readonly reason: string };
  /** The signal that goes out. */
  readonly signal?: { readonly to: string; readonly payload: string };
  /** The patch of the state that goes out. */
  readonly patched?: { readonly version: number; readonly patch: unknown };
  /** Sockets that wait at the door and are told what becomes of that. */
  readonly door?: { readonly sockets: readonly number[]; readonly news: string };
  /** The answer repeats an earlier one. */
  readonly isDuplicate?: boolean;
}

export interface SendWish {
  readonly channel: string;
  readonly type: string;
  readonly payload: string;
  readonly key?: string;
  readonly once?: string;
}

export interface RoomChange {
  readonly locked?: boolean;
  readonly capacity?: number;
  readonly settings?: {
    readonly playersMaySend?: boolean;
    readonly typesByRole?: { readonly [R in Role]?: readonly string[] };
    readonly approval?: boolean;
    readonly passcode?: string | null;
  };
}

export interface JoinWish {
  readonly nickname: string;
  readonly role: 'player' | 'spectator';
  readonly asHost: boolean;
  readonly passcode?: string;
}

const CLOSED: Outcome = { code: 'room_closed' };
const log = (type: string, about: string): Said => ({ channel: 'log', type, about });

/** What a room is promised to be, in as few words as possible: the rules, without how they are kept. */
export class RoomModel {
  readonly id: string;
  hostIds: string[];
  /** In order of joining. */
  readonly members = new Map<string, ModelMember>();
  readonly bans = new Set<string>();
  /** Whose silence outlasts that they left, with the nickname to which they are held. */
  readonly mutedWhoLeft = new Map<string, string>();
  readonly said: Said[] = [log('created', '')];
  locked = false;
  capacity: number;
  playersMaySend = true;
  typesByRole: { readonly [R in Role]?: readonly string[] } = {};
  approval = false;
  passcode: string | null = null;
  /** Sockets of those who wait for a host. */
  readonly waiting = new Map<string, { readonly role: Role; readonly sockets: Set<number> }>();
  readonly #admitted = new Set<string>();
  /** PINs that the room had before. */
  readonly #oldPins = new Set<string>();
  pin: string;
  isClosed = false;
  state: { version: number; value: unknown } = { version: 0, value: {} };
  readonly #keys = new Set<string>();
  readonly #once = new Set<string>();

  constructor(id: string, pin: string, hostId: string, capacity: number) {
    this.id = id;
    this.pin = pin;
    this.hostIds = [hostId];
    this.capacity = capacity;
  }

  /** The role in which somebody acts; null: has no part in the room. A host need not have joined. */
  roleOf(userId: string): Role | null {
    const member = this.members.get(userId);
    if (member) return member.role;
    return this.hostIds.includes(userId) ? 'host' : null;
  }

  /** The sockets in the room whose user may read a channel. */
  readers(channel: string): number[] {
    return [...this.members.values()]
      .filter(({ role, userId }) => mayRead(channel, role, userId))
      .flatMap(({ sockets }) => [...sockets]);
  }

  /** Whether a PIN leads here. */
  isBehind(pin: string): boolean {
    return !this.isClosed && pin === this.pin;
  }

  join(userId: string, socket: number, wish: JoinWish): Outcome {
    if (this.isClosed) return CLOSED;
    if (this.bans.has(userId)) return { code: 'banned' };
    const isHost = wish.asHost || this.hostIds.includes(userId);
    const known = this.members.get(userId);
    if (known) {
      known.sockets.add(socket);
      const said = isHost && known.role !== 'host' ? [log('host', userId)] : [];
      if (isHost) this.#promote(known);
      return { ...this.#say(said), ...this.#dismiss(userId, 'admitted true', socket) };
    }
    const role = isHost ? 'host' : wish.role;
    const waits = !isHost && this.approval && !this.#admitted.has(userId);
    const code = isHost ? null : this.#barred(wish, role, waits, this.#admitted.has(userId));
    if (code !== null) return { code };
    const before = isHost ? undefined : this.mutedWhoLeft.get(userId);
    const isHeld = before !== undefined && !this.#isTaken(before, userId);
    const nickname = isHeld ? before : wish.nickname;
    if (this.#isTaken(nickname, userId)) return { code: 'nickname_taken' };
    if (waits) {
      const waiter = this.waiting.get(userId) ?? { role, sockets: new Set() };
      waiter.sockets.add(socket);
      this.waiting.set(userId, waiter);
      return { code: 'waiting_for_host' };
    }
    const muted = !isHost && this.mutedWhoLeft.has(userId);
    const sockets = new Set([socket]);
    this.members.set(userId, { userId, nickname, role, muted, sockets });
    if (isHost) this.#addHost(userId);
    const door = this.#dismiss(userId, 'admitted true', socket);
    return { ...this.#say([log('joined', userId)]), ...door };
  }

  #barred({ passcode }: JoinWish, role: Role, waits: boolean, isAdmitted: boolean): string | null {
    if (this.locked && !isAdmitted) return 'room_locked';
    if (this.passcode !== null && passcode !== this.passcode) return 'passcode_required';
    // Who waits takes no place yet.
    return !waits && this.#isFull(role) ? 'room_full' : null;
  }

  /** Spectators come on top, and are bounded by the same number. */
  #isFull(role: Role): boolean {
    const others = [...this.members.values()].filter((member) => member.role === role);
    return others.length >= this.capacity;
  }

  admit(userId: string, target: string, admit: boolean): Outcome {
    const code = this.#mayNotHost(userId);
    if (code !== null) return { code };
    if (admit && this.bans.has(target)) return { code: 'banned' };
    const waiter = this.waiting.get(target);
    if (admit && waiter && this.#isFull(waiter.role)) return { code: 'room_full' };
    if (admit) this.#admitted.add(target);
    else this.#admitted.delete(target);
    return { code: 'ok', ...this.#dismiss(target, `admitted ${admit}`) };
  }

  /** The PIN itself is the server's to choose. */
  newPin(userId: string, current: string): Outcome {
    const code = this.#mayNotHost(userId);
    if (code !== null) return { code };
    if (current === this.pin) {
      this.#oldPins.add(current);
      return this.#say([log('new-pin', '')]);
    }
    return { code: this.#oldPins.has(current) ? 'ok' : 'conflict' };
  }

  /** One socket leaves: the member does with the last one, or with all where it says so. */
  leave(userId: string, socket: number, everywhere: boolean): Outcome {
    if (this.#stopWaiting(userId, socket)) return { code: 'ok' };
    const member = this.members.get(userId);
    if (!member?.sockets.delete(socket)) return { code: 'not_in_room' };
    if (member.sockets.size > 0 && !everywhere) return { code: 'ok' };
    return this.#remove(member, 'left', 'left');
  }

  /** A connection is lost: the place stays. */
  drop(userId: string, socket: number): void {
    this.#stopWaiting(userId, socket);
    this.members.get(userId)?.sockets.delete(socket);
  }

  send(userId: string, wish: SendWish): Outcome {
    const name = `${userId} ${wish.channel} ${wish.key}`;
    if (wish.key !== undefined && this.#keys.has(name)) return { code: 'ok', isDuplicate: true };
    const code = this.#mayNotSay(userId, wish.channel, wish.type);
    if (code !== null) return { code };
    const once = `${userId} ${wish.channel} ${wish.once}`;
    if (wish.once !== undefined && this.#once.has(once)) return { code: 'conflict' };
    if (wish.once !== undefined) this.#once.add(once);
    if (wish.key !== undefined) this.#keys.add(name);
    return this.#say([{ channel: wish.channel, type: wish.type, about: wish.payload }]);
  }

  signal(userId: string, to: string, type: string, payload: string): Outcome {
    const code = this.#mayNotSay(userId, to, type);
    return code === null ? { code: 'ok', signal: { to, payload } } : { code };
  }

  history(userId: string, channel: string): Outcome {
    const role = this.roleOf(userId);
    if (role === null) return { code: 'not_in_room' };
    return { code: mayRead(channel, role, userId) ? 'ok' : 'forbidden' };
  }

  update(userId: string, change: RoomChange): Outcome {
    const code = this.#mayNotHost(userId);
    if (code !== null) return { code };
    this.locked = change.locked ?? this.locked;
    this.capacity = change.capacity ?? this.capacity;
    this.playersMaySend = change.settings?.playersMaySend ?? this.playersMaySend;
    this.typesByRole = change.settings?.typesByRole ?? this.typesByRole;
    this.approval = change.settings?.approval ?? this.approval;
    if (change.settings?.passcode !== undefined) this.passcode = change.settings.passcode;
    const isOpened = change.settings?.approval === false;
    return {
      ...this.#say([log('updated', '')]),
      ...(isOpened ? this.#dismissAll('admitted true') : {}),
    };
  }

  kick(userId: string, target: string, ban: boolean): Outcome {
    const code = this.#mayNotHost(userId);
    if (code !== null) return { code };
    if (userId === target) return { code: 'bad_request' };
    const member = this.members.get(target);
    if (!member && !ban) return { code: 'not_found' };
    const isNewBan = ban && !this.bans.has(target);
    if (ban) this.bans.add(target);
    this.hostIds = this.hostIds.filter((hostId) => hostId !== target);
    this.#admitted.delete(target);
    const door = ban ? this.#dismiss(target, 'admitted false') : {};
    const reason = ban ? 'banned' : 'kicked';
    if (member) return { ...this.#remove(member, reason, reason), ...door };
    return { ...this.#say(isNewBan ? [log(reason, target)] : []), ...door };
  }

  rename(userId: string, nickname: string): Outcome {
    const role = this.roleOf(userId);
    if (role === null) return { code: 'not_in_room' };
    if (this.isClosed) return CLOSED;
    const member = this.members.get(userId);
    if (!member) return { code: 'not_in_room' };
    if (member.muted) return { code: 'muted' };
    if (nickname === member.nickname) return { code: 'ok' };
    if (this.#isTaken(nickname, userId)) return { code: 'nickname_taken' };
    member.nickname = nickname;
    return this.#say([log('renamed', userId)]);
  }

  mute(userId: string, target: string, muted: boolean): Outcome {
    const code = this.#mayNotHost(userId);
    if (code !== null) return { code };
    const member = this.members.get(target);
    if (!member) return { code: 'not_found' };
    if (member.role === 'host') return { code: 'conflict' };
    if (member.muted === muted) return { code: 'ok' };
    member.muted = muted;
    return this.#say([log(muted ? 'muted' : 'unmuted', target)]);
  }

  changeHost(userId: string, target: string, action: 'grant' | 'revoke' | 'transfer'): Outcome {
    const code = this.#mayNotHost(userId);
    if (code !== null) return { code };
    if (action === 'revoke') {
      if (!this.hostIds.includes(target)) return { code: 'not_found' };
      if (this.hostIds.length === 1) return { code: 'conflict' };
      this.#demote(target);
      return this.#say([log('host', target)]);
    }
    const member = this.members.get(target);
    if (!member) return { code: 'not_found' };
    const isLeaving = action === 'transfer' && userId !== target;
    if (member.role === 'host' && !isLeaving) return { code: 'ok' };
    this.#promote(member);
    if (isLeaving) this.#demote(userId);
    return this.#say([log('host', target)]);
  }

  patchState(userId: string, patch: unknown, ifVersion: number | undefined): Outcome {
    const code = this.#mayNotHost(userId);
    if (code !== null) return { code };
    const { value, version } = this.state;
    if (ifVersion !== undefined && ifVersion !== version) return { code: 'conflict' };
    this.state = { version: version + 1, value: mergePatch(value, patch) };
    return { code: 'ok', patched: { version: version + 1, patch } };
  }

  close(userId: string): Outcome {
    const code = this.#mayNotHost(userId);
    if (code !== null) return { code };
    this.isClosed = true;
    const said = this.#say([log('closed', userId)]);
    const sockets = [...this.members.values()].flatMap((member) => [...member.sockets]);
    for (const { sockets: held } of this.members.values()) held.clear();
    return { ...said, out: { sockets, reason: 'closed' }, ...this.#dismissAll('left closed') };
  }

  #stopWaiting(userId: string, socket: number): boolean {
    const waiter = this.waiting.get(userId);
    if (!waiter?.sockets.delete(socket)) return false;
    if (waiter.sockets.size === 0) this.waiting.delete(userId);
    return true;
  }

  /** A socket that has just come in knows so from its answer. */
  #dismiss(userId: string, news: string, joined?: number): Pick<Outcome, 'door'> {
    const held = [...(this.waiting.get(userId)?.sockets ?? [])];
    const sockets = held.filter((socket) => socket !== joined);
    this.waiting.delete(userId);
    return sockets.length === 0 ? {} : { door: { sockets, news } };
  }

  #dismissAll(news: string): Pick<Outcome, 'door'> {
    const sockets = [...this.waiting.values()].flatMap((waiter) => [...waiter.sockets]);
    this.waiting.clear();
    return { door: { sockets, news } };
  }

  #say(said: readonly Said[]): Outcome {
    this.said.push(...said);
    return { code: 'ok', said };
  }

  #remove(member: ModelMember, type: string, reason: string): Outcome {
    const sockets = [...member.sockets];
    this.members.delete(member.userId);
    if (member.muted) this.mutedWhoLeft.set(member.userId, member.nickname);
    else this.mutedWhoLeft.delete(member.userId);
    return { ...this.#say([log(type, member.userId)]), out: { sockets, reason } };
  }

  #mayNotHost(userId: string): string | null {
    const role = this.roleOf(userId);
    if (role === null) return 'not_in_room';
    if (role !== 'host') return 'forbidden';
    return this.isClosed ? 'room_closed' : null;
  }

  /** The rules are the same for what is kept and for what is not. */
  #mayNotSay(userId: string, channel: string, type: string): string | null {
    const role = this.roleOf(userId);
    if (this.isClosed) return 'room_closed';
    if (role === null) return 'not_in_room';
    if (this.members.get(userId)?.muted) return 'muted';
    const addressee = channelUser(channel);
    const isPlaying = role === 'player' && this.playersMaySend;
    const mayWrite = channel === 'host' || role === 'host' || (channel === 'room' && isPlaying);
    const isReachable = addressee === null || this.members.has(addressee);
    const fits = this.typesByRole[role]?.includes(type) ?? true;
    return mayWrite && isReachable && fits ? null : 'forbidden';
  }

  #isTaken(nickname: string, userId: string): boolean {
    const folded = nickname.toLowerCase();
    return [...this.members.values()].some(
      (member) => member.userId !== userId && member.nickname.toLowerCase() === folded,
    );
  }

  #addHost(userId: string): void {
    if (!this.hostIds.includes(userId)) this.hostIds.push(userId);
  }

  #promote(member: ModelMember): void {
    this.#addHost(member.userId);
    if (member.role !== 'host') member.muted = false;
    member.role = 'host';
  }

  #demote(userId: string): void {
    this.hostIds = this.hostIds.filter((hostId) => hostId !== userId);
    const member = this.members.get(userId);
    if (member) member.role = 'player';
  }
}
