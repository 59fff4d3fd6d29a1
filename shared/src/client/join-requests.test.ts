import { describe, expect, it } from 'vitest';
import {
  FakeRoomServer,
  ManualClock,
  type Reply,
  settled,
} from '../../../server/test/support/fake-room-server.js';
import { PinroomClient } from './pinroom-client.js';

const WAIT: Reply = { error: 'waiting_for_host' };

async function setUp(replies: readonly Reply[] = []) {
  const server = new FakeRoomServer();
  const clock = new ManualClock();
  const client = new PinroomClient(server.optionsOfClient(clock));
  await Promise.all([client.start(), settled()]);
  server.replies['room:join'] = [...replies];
  const join = (place: { pin: string } | { roomId: string } = { roomId: 'r' }) => {
    const given = new AbortController();
    const outcome = { value: 'pending' };
    client.joinRoom({ ...place, signal: given.signal }).then(
      ({ id }) => Object.assign(outcome, { value: `in ${id}` }),
      ({ code }) => Object.assign(outcome, { value: code }),
    );
    return { giveUp: () => given.abort(), outcome };
  };
  /** The question is on its way, and not answered yet. */
  const asked = async (times = 1) => {
    const isAsked = () => commands().filter((name) => name === 'room:join').length >= times;
    while (!isAsked()) await Promise.resolve();
  };
  const commands = () => server.commands.map(([name]) => name);
  return { asked, client, clock, commands, join, server };
}

describe('[CLIENT-22] a join that is given up', () => {
  it('at the door gives the place on the list back', async () => {
    const { clock, commands, join, server } = await setUp(Array(9).fill(WAIT));
    const { giveUp, outcome } = join();
    await clock.advance(20_000);
    giveUp();
    await settled();
    expect(outcome.value).toBe('stopped');
    expect(server.commands.at(-1)).toEqual(['room:leave', { roomId: 'r' }]);
    const sent = commands().length;
    await clock.advance(60_000);
    expect(commands()).toHaveLength(sent);
  });

  it('before the answer gives back what the answer brings', async () => {
    const { asked, client, commands, join } = await setUp();
    const { giveUp, outcome } = join({ pin: '1234' });
    await asked();
    giveUp();
    await settled();
    expect(outcome.value).toBe('stopped');
    expect(commands()).toEqual(['room:join', 'room:leave']);
    expect(client.rooms.size).toBe(0);
  });

  it('gives back what nobody knows of, where the answer does not come', async () => {
    const { asked, clock, commands, join } = await setUp(['silence']);
    const { giveUp, outcome } = join();
    await asked();
    giveUp();
    await settled();
    expect([outcome.value, ...commands()]).toEqual(['stopped', 'room:join']);
    await clock.advance(20_000);
    expect(commands()).toEqual(['room:join', 'room:leave']);
  });

  it('before it is known that one has to wait gives the place at the door back', async () => {
    const { asked, commands, join } = await setUp([WAIT]);
    const { giveUp, outcome } = join();
    await asked();
    giveUp();
    await settled();
    expect([outcome.value, ...commands()]).toEqual(['stopped', 'room:join', 'room:leave']);
  });

  it('lets the next join begin after that, so that its place stays', async () => {
    const { asked, client, commands, join } = await setUp();
    const first = join();
    await asked();
    first.giveUp();
    const second = join();
    await settled();
    expect([first.outcome.value, second.outcome.value]).toEqual(['stopped', 'in r']);
    expect(commands()).toEqual(['room:join', 'room:leave', 'room:join']);
    second.giveUp();
    await settled();
    expect(client.rooms.get('r')?.status).toBe('live');
  });

  it('lets it wait also where the answer takes long', async () => {
    const { asked, clock, commands, join } = await setUp(['silence']);
    const first = join();
    await asked();
    first.giveUp();
    const second = join();
    await clock.advance(20_000);
    expect(second.outcome.value).toBe('in r');
    expect(commands()).toEqual(['room:join', 'room:leave', 'room:join']);
  });

  it('leaves the place alone that another join holds', async () => {
    const { asked, client, commands, join } = await setUp();
    await client.joinRoom({ roomId: 'r' });
    const again = join();
    await asked(2);
    again.giveUp();
    await settled();
    expect([again.outcome.value, ...commands()]).toEqual(['stopped', 'room:join', 'room:join']);
    expect(client.rooms.get('r')?.status).toBe('live');
  });

  it('does not wait for a connection any more, and asks for nothing', async () => {
    const { clock, commands, join, server } = await setUp();
    server.refusals = Array.from({ length: 100 }, () => null);
    server.cut();
    const { giveUp, outcome } = join();
    await clock.advance(1_000);
    giveUp();
    await settled();
    expect(outcome.value).toBe('stopped');
    server.refusals = [];
    await clock.advance(20_000);
    expect(commands()).toEqual([]);
  });

  it('is not even begun where the signal was aborted before', async () => {
    const { client, commands } = await setUp();
    const late = client.joinRoom({ roomId: 'r', signal: AbortSignal.abort() });
    await expect(late).rejects.toMatchObject({ code: 'stopped', retry: false });
    expect(commands()).toEqual([]);
  });
});
