import type { Entry, Member, Role } from '@pinroom/client/contract';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../runtime/clock.js';
import { silentLogger } from '../runtime/logger.js';
import { noMetrics } from '../runtime/metrics.js';
import { clientFrame, composeFrame, type Frame, parseFrame } from './frame.port.js';
import { LocalRoom } from './local-room.js';
import type { DeliveryRights, LocalRoomSources, LocalSeat } from './local-seat.js';

const ROOM = 'room-1';

/** A room's surroundings in memory: what the store would hold, and what went out to whom. */
class Surroundings implements LocalRoomSources {
  readonly stored: Entry[] = [];
  readonly roles = new Map<string, Role>();
  readonly out: string[] = [];
  /** The version of the state that the last `room:top` spoke of. */
  told: number | null = null;
  rev = 1;
  epoch = 7;
  presenceVersion = 0;
  stateVersion = 0;
  closedAt: number | null = null;
  approval = false;
  waitingIds: string[] = [];
  reads = 0;
  /** Whose rights were looked up, each time. */
  readonly looked: string[] = [];
  canRead = true;
  /** What the store does with seats that are given back. */
  readonly refusedBack = new Set<string>();
  readonly room = new LocalRoom(ROOM, {
    broadcaster: {
      broadcast: (_roomId, frame) =>
        void this.out.push(`all ${label(new TextDecoder().decode(frame))}`),
    },
    sources: this,
    onEmpty: () => void this.out.push('empty'),
    clock: systemClock,
    logger: silentLogger,
    metrics: noMetrics,
  });

  async rights(_roomId: string, userIds: readonly string[]): Promise<DeliveryRights> {
    this.looked.push(userIds.join(' '));
    const roles = new Map([...this.roles].filter(([userId]) => userIds.includes(userId)));
    return {
      room: {
        id: ROOM,
        rev: this.rev,
        closedAt: this.closedAt,
        settings: { approval: this.approval },
      } as DeliveryRights['room'],
      presenceVersion: this.presenceVersion,
      epoch: this.epoch,
      stateVersion: this.stateVersion,
      roles,
    };
  }

  async waiting() {
    this.reads += 1;
    const waiting = this.waitingIds.map((userId) => ({ userId })) as Member[];
    return { waiting, rev: this.rev };
  }

  async restoreSeats(_roomId: string, seats: readonly LocalSeat[]): Promise<void> {
    for (const { role, userId } of seats) {
      if (!this.refusedBack.has(userId)) this.roles.set(userId, role);
    }
  }

  /** The store comes back without what it knew, but for the room itself. */
  loseData(): void {
    this.epoch += 1;
    this.roles.clear();
  }

  async tops(): Promise<Map<string, string>> {
    return new Map(this.stored.map((entry) => [entry.channel, entry.id]));
  }

  async missing(_roomId: string, channel: string, after: string | null, limit: number) {
    this.reads += 1;
    if (!this.canRead) throw new Error('nothing can be read');
    const own = this.stored.filter((entry) => entry.channel === channel);
    const from = own.findIndex((entry) => entry.id === after) + 1;
    return own.slice(from, from + limit);
  }

  sit(userId: string, role: Role): void {
    this.roles.set(userId, role);
    this.room.seats.add({
      userId,
      life: 'life',
      nickname: userId,
      role,
      muted: false,
      network: '192.0.2.1',
      holder: { onRemoved: () => void this.out.push(`${userId} removed`) },
      socket: {
        id: userId,
        emit: (event, payload) => {
          this.out.push(`${userId} ${event} ${detail(payload)}`);
          if ('stateVersion' in payload) this.told = payload.stateVersion;
        },
        sendFrame: (frame) => void this.out.push(`${userId} ${label(frame)}`),
        leaveTopic: () => void this.out.push(`${userId} off`),
      },
    });
  }

  /** Stores an entry and gives the frame that announces it. */
  append(seq: number, channel = 'room', rev = this.rev): Frame {
    const entry = { id: `${this.epoch}-${seq}`, channel, roomId: ROOM } as Entry;
    this.stored.push(entry);
    const body = clientFrame('room:entry', JSON.stringify(entry));
    return read(`e ${rev} ${channel} ${entry.id} -`, body);
  }
}

function read(line: string, body = ''): Frame {
  const frame = parseFrame(composeFrame(line, body));
  if (!frame) throw new Error(`no frame: ${line}`);
  return frame;
}

function detail(payload: object): string {
  if ('reason' in payload) return String(payload.reason);
  if ('waiting' in payload) {
    return (payload.waiting as Member[]).map(({ userId }) => userId).join(' ');
  }
  return 'presenceVersion' in payload ? String(payload.presenceVersion) : '';
}

function label(frame: string): string {
  const [event, payload] = JSON.parse(frame.slice(2)) as [string, { id?: string }];
  return event === 'room:entry' ? (payload.id ?? '') : event;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a room as a node holds it', () => {
  it('delivers each entry once and drops what it delivered before', async () => {
    const s = new Surroundings();
    await s.room.open();
    const frames = [s.append(0), s.append(1)];
    for (const frame of [...frames, ...frames]) s.room.receive(frame);
    expect(s.out).toEqual(['all 7-0', 'all 7-1']);
  });

  it('starts where the store stands, so that nothing from before the opening is repeated', async () => {
    const s = new Surroundings();
    const early = [s.append(0), s.append(1)];
    for (const frame of early) s.room.receive(frame);
    await s.room.open();
    s.room.receive(s.append(2));
    expect(s.out).toEqual(['all 7-2']);
  });

  it('fills a jump from the store before the newer entries go out', async () => {
    const s = new Surroundings();
    await s.room.open();
    s.room.receive(s.append(0));
    s.append(1);
    s.append(2);
    s.room.receive(s.append(3));
    s.room.receive(s.append(4));
    await settled();
    expect(s.out).toEqual(['all 7-0', 'all 7-1', 'all 7-2', 'all 7-3', 'all 7-4']);
    expect(s.reads).toBe(1);
  });

  it('keeps channels apart where a repair gives up: ids are the channel’s own', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    s.sit('hugo', 'host');
    await s.room.open();
    s.append(0);
    s.canRead = false;
    const check = s.room.checkPosition();
    await settled();
    s.room.receive(s.append(0, 'host'));
    await check;
    expect(s.out.filter((line) => line.includes('7-0'))).toEqual(['hugo 7-0']);
  });

  it('notices in a quiet room that the end is missing', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    await s.room.open();
    s.append(0);
    await s.room.checkPosition();
    expect(s.out).toEqual(['all 7-0', 'ann room:top 0']);
  });

  it('hands the patches of the state on in line with all else, and tells which was the last', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    await s.room.open();
    s.append(0);
    const patch = read(`t ${s.rev} 1`, clientFrame('room:state', '{"version":1}'));
    for (const frame of [s.append(1), patch]) s.room.receive(frame);
    await settled();
    s.room.receive(s.append(2));
    expect(s.out).toEqual(['all 7-0', 'all 7-1', 'all room:state', 'all 7-2']);
    expect(s.told).toBeNull();
    s.room.sendTops();
    expect(s.told).toBe(1);
  });

  it('tells in a quiet room of a newer state, and of one that the store has lost', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    await s.room.open();
    s.stateVersion = 3;
    await s.room.checkPosition();
    expect(s.told).toBe(3);
    s.stateVersion = 2;
    await s.room.checkPosition();
    expect(s.told).toBe(2);
  });

  it('takes a state that was read before a newer patch came for no loss', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    await s.room.open();
    const check = s.room.checkPosition();
    s.room.receive(read(`t ${s.rev} 1`, clientFrame('room:state', '{"version":1}')));
    await check;
    expect(s.told).toBe(1);
  });

  it('shows a host channel to hosts and a user channel to its user', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    s.sit('hugo', 'host');
    await s.room.open();
    s.room.receive(s.append(0, 'host'));
    s.room.receive(s.append(0, 'log'));
    s.room.receive(s.append(0, 'user:ann'));
    expect(s.out).toEqual(['hugo 7-0', 'hugo 7-0', 'ann 7-0']);
  });

  it('reads the rights first when they have changed: a member who is gone sees nothing more', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    s.sit('hugo', 'host');
    await s.room.open();
    s.rev = 2;
    s.roles.delete('ann');
    s.room.receive(s.append(0, 'user:ann', 2));
    await settled();
    expect(s.out).toEqual(['ann off', 'ann room:left kicked', 'ann removed', 'all room:updated']);
  });

  it('begins with the roles that it reads: who is no host any more hears nothing for hosts', async () => {
    const s = new Surroundings();
    s.sit('hugo', 'host');
    s.sit('hanna', 'host');
    s.roles.set('hanna', 'player');
    const opening = s.room.open();
    s.sit('late', 'host');
    await opening;
    s.room.receive(s.append(0, 'host'));
    expect(s.out).toEqual(['hugo 7-0']);
  });

  it('says why a member was removed, and leaves those alone who came meanwhile', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    await s.room.open();
    s.rev = 2;
    s.roles.delete('ann');
    s.room.receive(read('x 2 ann left'));
    s.sit('bob', 'player');
    await settled();
    expect(s.out).toEqual(['ann off', 'ann room:left left', 'ann removed', 'all room:updated']);
    expect(s.room.seats.userIds()).toEqual(['bob']);
  });

  it('says of each of two who were removed at once why', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    s.sit('bob', 'player');
    await s.room.open();
    s.rev = 3;
    s.roles.clear();
    s.room.receive(read('x 2 ann kicked'));
    s.room.receive(read('x 3 bob banned'));
    await settled();
    const told = s.out.filter((line) => line.includes('room:left'));
    expect(told).toEqual(['ann room:left kicked', 'bob room:left banned']);
  });

  it('looks up only who was removed where nothing else has changed, else everybody', async () => {
    const s = new Surroundings();
    for (const name of ['ann', 'bob', 'cem', 'dee']) s.sit(name, 'player');
    await s.room.open();
    s.looked.length = 0;
    s.rev = 2;
    s.roles.delete('ann');
    s.room.receive(read('x 2 ann kicked'));
    await settled();
    expect(s.looked).toEqual(['ann']);
    // Of a change the message was lost: somebody may have lost a right by it.
    s.rev = 4;
    s.roles.delete('bob');
    s.roles.delete('cem');
    s.room.receive(read('x 4 cem kicked'));
    await settled();
    expect(s.looked).toEqual(['ann', 'bob cem dee']);
    expect(s.room.seats.userIds()).toEqual(['dee']);
    await expect.poll(() => s.out.filter((line) => line === 'all room:updated')).toHaveLength(2);
  });

  it('tells of a change at once, and of many in a row once more', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    await s.room.open();
    for (let rev = 2; rev <= 20; rev++) {
      s.rev = rev;
      s.room.receive(read(`u ${rev}`));
      await settled();
    }
    expect(s.out[0]).toBe('all room:updated');
    await expect.poll(() => s.out.length).toBeGreaterThan(1);
    // Each of them would be nineteen; a busy machine may take longer than one moment for them.
    expect(s.out.length).toBeLessThan(10);
  });

  it('gives all seats back where the data began a new life while one was removed', async () => {
    const s = new Surroundings();
    for (const name of ['ann', 'bob']) s.sit(name, 'player');
    await s.room.open();
    s.loseData();
    s.refusedBack.add('ann');
    s.rev = 2;
    s.room.receive(read('x 2 ann banned'));
    await settled();
    expect(s.room.seats.userIds()).toEqual(['bob']);
    expect(s.roles.get('bob')).toBe('player');
    expect(s.out).toContain('ann room:left banned');
  });

  it('looks again for who asks while it is at work: what was read before may be too old', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    await s.room.open();
    s.append(0);
    s.append(1);
    s.room.receive(s.append(2));
    s.loseData();
    const asked = [s.room.refresh(), s.room.refresh()];
    await Promise.all(asked);
    expect([...s.roles.keys()]).toEqual(['ann']);
  });

  it('does not take a departure for one of the seat with which the member came back', async () => {
    const s = new Surroundings();
    await s.room.open();
    s.rev = 2;
    s.sit('ann', 'player');
    s.room.receive(read('x 2 ann left'));
    await settled();
    expect(s.out).toEqual(['all room:updated']);
    expect(s.room.seats.userIds()).toEqual(['ann']);
  });

  it('does not look for entries that nobody here may read', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    await s.room.open();
    s.append(0, 'host');
    s.room.receive(s.append(1, 'host'));
    s.room.receive(s.append(2, 'host'));
    await settled();
    expect(s.reads).toBe(0);
  });

  it('notices in a quiet room that rights, presence or the end of it were missed', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    s.sit('bob', 'player');
    await s.room.open();
    s.rev = 2;
    s.roles.delete('bob');
    s.presenceVersion = 5;
    await s.room.checkPosition();
    expect(s.out).toEqual([
      'bob off',
      'bob room:left kicked',
      'bob removed',
      'all room:updated',
      'ann room:top 5',
    ]);
    s.closedAt = 1;
    await s.room.checkPosition();
    expect(s.out.slice(5)).toEqual(['ann off', 'ann room:left closed', 'ann removed', 'empty']);
  });

  it('gives seats back that the store has lost, before anything new goes out', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    s.sit('bob', 'player');
    await s.room.open();
    s.loseData();
    s.refusedBack.add('bob');
    s.room.receive(s.append(0));
    await settled();
    expect(s.out).toEqual([
      'bob off',
      'bob room:left kicked',
      'bob removed',
      'all room:updated',
      'all 8-0',
    ]);
    expect(s.roles.get('ann')).toBe('player');
  });

  it('notices in a quiet room that the store has lost it', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    await s.room.open();
    s.room.receive(s.append(0));
    s.stored.length = 0;
    s.loseData();
    await s.room.checkPosition();
    expect(s.roles.get('ann')).toBe('player');
  });

  it('counts changes of the rights anew when the data began a new life', async () => {
    const s = new Surroundings();
    s.rev = 40;
    s.sit('ann', 'player');
    await s.room.open();
    s.loseData();
    s.rev = 2;
    s.room.receive(s.append(0));
    await settled();
    s.rev = 3;
    s.roles.delete('ann');
    s.room.receive(s.append(1));
    await settled();
    expect(s.out.filter((line) => line.startsWith('ann'))).toContain('ann room:left kicked');
  });

  it('tells hosts alone who waits, once for many changes, and a new host what the others know', async () => {
    const s = new Surroundings();
    s.approval = true;
    s.sit('hugo', 'host');
    s.sit('ann', 'player');
    await s.room.open();
    for (let n = 0; n < 500; n++) {
      s.waitingIds.push(`w${n}`);
      s.room.receive(read('w 1'));
    }
    s.waitingIds = ['w1', 'w2'];
    const told = () => s.out.filter((line) => line.includes('room:waiting'));
    await vi.waitFor(() => expect(told()).toEqual(['hugo room:waiting w1 w2']), 3_000);
    expect(s.reads).toBe(1);
    // A change that is none for them is not told; who has become a host is.
    s.rev = 2;
    s.roles.set('ann', 'host');
    s.room.receive(read('u 2'));
    await vi.waitFor(() => expect(told().slice(1)).toEqual(['ann room:waiting w1 w2']), 3_000);
    // Nor does anybody hear of it whose right has just been taken away.
    s.waitingIds = [];
    s.roles.set('ann', 'player');
    s.room.receive(read('w 2'));
    s.rev = 3;
    await vi.waitFor(() => expect(told().slice(2)).toEqual(['hugo room:waiting ']), 3_000);
    await s.room.checkPosition();
    s.room.stop();
  });

  it('tells everybody when the room is closed, and lets go of them', async () => {
    const s = new Surroundings();
    s.sit('ann', 'player');
    await s.room.open();
    s.room.receive(read('c 2 expired'));
    expect(s.out).toEqual(['ann off', 'ann room:left expired', 'ann removed', 'empty']);
    expect(s.room.seats.size).toBe(0);
  });
});
