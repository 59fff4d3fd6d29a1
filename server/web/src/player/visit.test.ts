import { type ClientErrorCode, type JoinOptions, PinroomError } from '@pinroom/client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openStorage } from '../ui/page-storage.js';
import { SeatMemory } from './seat-memory.js';
import { Visit } from './visit.js';

/** A server that knows one room and answers joins as the test says; nobody gets in. */
const server = vi.hoisted(() => ({
  joins: [] as JoinOptions[],
  refuses: null as unknown,
}));

vi.mock('../room/page-client.js', () => ({
  isOnline: { peek: () => true },
  client: {
    on: () => () => {},
    start: () => Promise.resolve(),
    findByPin: async (pin: string) => {
      if (pin !== '123456') throw new PinroomError('room_not_found');
      return { room: { id: 'r-1', pin, title: 'Quiz', locked: true, full: false } };
    },
    joinRoom: (options: JoinOptions) => {
      server.joins.push(options);
      return server.refuses ? Promise.reject(server.refuses) : new Promise(() => {});
    },
  },
}));

const seat = { roomId: 'r-1', title: 'Quiz', nickname: 'Ada', pin: '123456' };
const page = { pathname: '/' };

beforeEach(() => {
  server.joins.length = 0;
  server.refuses = null;
  vi.stubGlobal('location', page);
  vi.stubGlobal('history', {
    replaceState: (_state: unknown, _title: string, path: string) => {
      page.pathname = path;
    },
  });
});

function visitAt(path: string, memory = emptyMemory()): Visit {
  page.pathname = path;
  const visit = new Visit(memory);
  visit.begin();
  return visit;
}

function emptyMemory(): SeatMemory {
  return new SeatMemory(openStorage('localStorage'), openStorage('sessionStorage'));
}

const settled = () => new Promise((done) => setTimeout(done));

describe('the way into a room', () => {
  it('leads from a link to the name, and joins by the PIN', async () => {
    const visit = visitAt('/r/123456');
    await settled();
    const { value } = visit.view;
    expect(value).toMatchObject({ name: 'name', goal: { title: 'Quiz', isLocked: true } });
    if (value.name !== 'name') return;
    void visit.join(value.goal, { nickname: 'Ada' });
    expect(server.joins).toMatchObject([{ pin: '123456', nickname: 'Ada' }]);
    expect(visit.view.value.name).toBe('joining');
    visit.cancel();
    expect(visit.view.value.name).toBe('name');
    expect(server.joins[0]?.signal?.aborted).toBe(true);
  });

  it('stays at the PIN that leads nowhere, and says so', async () => {
    const visit = visitAt('/r/999999');
    await settled();
    expect(visit.view.value.name).toBe('pin');
    expect(visit.typed.value).toBe('999999');
    expect(visit.fault.value?.code).toBe('room_not_found');
  });

  it('leads straight back after a reload, by the room’s id; another link goes first', () => {
    const memory = emptyMemory();
    memory.keep(seat);
    visitAt('/', memory);
    visitAt('/r/123456', memory);
    visitAt('/r/777777', memory);
    const back = { roomId: 'r-1', nickname: 'Ada' };
    expect(server.joins).toMatchObject([back, back]);
  });

  it('leads straight back who has dropped out and scans the code again, not who left', async () => {
    const browser = openStorage('localStorage');
    const newTab = () => new SeatMemory(browser, openStorage('sessionStorage'));
    const first = newTab();
    first.keep(seat);
    visitAt('/r/123456', newTab());
    await settled();
    expect(server.joins).toMatchObject([{ roomId: 'r-1', nickname: 'Ada' }]);
    first.leave();
    const visit = visitAt('/r/123456', newTab());
    await settled();
    expect(visit.view.value.name).toBe('name');
  });
});

describe('a join that is refused', () => {
  const refusedWith = async (code: ClientErrorCode, passcode?: string) => {
    server.refuses = new PinroomError(code);
    const memory = emptyMemory();
    memory.keep(seat);
    const visit = new Visit(memory);
    const goal = { ...seat, isLocked: false, isFull: false, isReturn: true };
    await visit.join(goal, { nickname: 'Ada', ...(passcode === undefined ? {} : { passcode }) });
    const { view, fault } = visit;
    return { view: view.value, fault: fault.value?.code, isKept: memory.last !== null };
  };

  it('asks for the passcode without a word of fault, and again with one', async () => {
    const asked = await refusedWith('passcode_required');
    expect(asked).toMatchObject({ view: { name: 'name', needsPasscode: true }, fault: undefined });
    const wrong = await refusedWith('passcode_required', 'no');
    expect(wrong).toMatchObject({ view: { name: 'name' }, fault: 'passcode_required' });
    const taken = await refusedWith('nickname_taken', 'yes');
    expect(taken).toMatchObject({ view: { needsPasscode: true }, fault: 'nickname_taken' });
  });

  it('says what is in the way, where another try makes sense', async () => {
    const codes = ['room_full', 'room_locked', 'forbidden', 'rate_limited', 'internal'] as const;
    for (const code of codes) {
      expect(await refusedWith(code)).toMatchObject({
        view: { name: 'name' },
        fault: code,
        isKept: true,
      });
    }
  });

  it('is the end where it is one, and forgets a room with no way back', async () => {
    for (const code of ['room_closed', 'banned'] as const) {
      const outcome = await refusedWith(code);
      expect(outcome).toMatchObject({ view: { name: 'ended', reason: code }, isKept: false });
    }
    for (const code of ['session_ended', 'protocol_mismatch'] as const) {
      const outcome = await refusedWith(code);
      expect(outcome).toMatchObject({ view: { name: 'ended', reason: code }, isKept: true });
    }
    expect(await refusedWith('room_not_found')).toMatchObject({
      view: { name: 'pin' },
      fault: 'room_not_found',
      isKept: false,
    });
  });
});
