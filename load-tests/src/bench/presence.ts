import { parseArgs } from 'node:util';
import { PinroomClient } from '@pinroom/client';
import { LightMember } from '../light-member.js';
import { abreast, eventually } from '../waiting.js';
import { newSession } from './contenders.js';
import type { BenchHouse } from './house.js';
import { shown } from './section.js';
import { type Usage, usageBetween, usageOf } from './usage.js';

const SETTLE_MS = 120_000;
/** Who leaves and comes back. */
const CHANGING = 0.1;
/** Who leaves, one after the other. */
const LEAVING = 0.1;
/** How many are kicked, one after the other. */
const KICKED = 50;
const ABREAST = 64;
/** Above this the growth is not that of a line any more; that of a square would show as the sizes' ratio. */
const LINEAR = 2;

interface Phase {
  /** How many did what is measured. */
  readonly count: number;
  readonly ms: number;
  readonly cpu: Usage;
  readonly bytes: number;
  readonly events: number;
  readonly retries: number;
  readonly reloads: number;
}

interface Round {
  readonly members: number;
  readonly connecting: Phase;
  readonly joining: Phase;
  readonly changing: Phase;
  readonly leaving: Phase;
  readonly kicking: Phase;
}

/**
 * What a crowd costs: so many sockets join one room at full speed, until every one of them knows how
 * many they are; then a tenth leave and come back. With `members` the cost of each should stay the same.
 */
export async function benchPresence(house: BenchHouse, args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      members: { type: 'string', default: '500,1000,2000,5000' },
      repeat: { type: 'string', default: '3' },
    },
  });
  const sizes = values.members.split(',').map(Number);
  const most = Math.max(...sizes);
  house.print('CPU in µs for each who does it. Redis and PostgreSQL beside the nodes.\n');
  // The first one pays for what is compiled and grown once.
  await round(house, Math.min(...sizes));
  const rounds: Round[] = [];
  for (const members of sizes) {
    // Small ones are over before the machine's other work evens out.
    const times = members * 2 <= most ? Number(values.repeat) : 1;
    for (let n = 0; n < times; n++) {
      const done = await round(house, members);
      rounds.push(done);
      report(house, done);
    }
  }
  return judge(house, rounds, Math.min(...sizes), most);
}

async function round(house: BenchHouse, members: number): Promise<Round> {
  const { nodes } = house;
  const urlOf = (n: number) => nodes[n % nodes.length]?.url ?? '';
  const host = new PinroomClient({ url: urlOf(0), nickname: 'Host' });
  const { room } = await host.createRoom({ capacity: 100_000 });
  const stage = await host.joinRoom({ roomId: room.id });
  const sessions = await abreast(ABREAST, members, (n) => newSession(urlOf(n), n));
  const crowd: LightMember[] = [];
  try {
    const connecting = await phase(house, crowd, members, async () => {
      await abreast(ABREAST, members, async (n) => {
        crowd[n] = await LightMember.connect(urlOf(n), sessions[n]?.accessToken ?? '');
      });
    });
    const joining = await phase(house, crowd, members, async () => {
      await Promise.all(crowd.map((member) => member.join(room.pin ?? '')));
      await settled(crowd, members + 1);
    });
    const some = crowd.slice(0, Math.ceil(members * CHANGING));
    const changing = await phase(house, crowd, some.length, async () => {
      await Promise.all(some.map((member) => member.leave(room.id)));
      await Promise.all(some.map((member) => member.join(room.pin ?? '')));
      await settled(crowd, members + 1);
    });
    const gone = Math.ceil(members * LEAVING);
    const leaving = await phase(house, crowd, gone, async () => {
      for (const member of crowd.slice(0, gone)) await member.leave(room.id);
      await settled(crowd.slice(gone), members + 1 - gone);
    });
    const kicking = await phase(house, crowd, KICKED, async () => {
      const kicked = sessions.slice(gone, gone + KICKED);
      for (const { user } of kicked) await stage.kick(user.id);
      await settled(crowd.slice(gone + KICKED), members + 1 - gone - KICKED);
    });
    return { members, connecting, joining, changing, leaving, kicking };
  } finally {
    for (const { socket } of crowd) socket.close();
    await host.stop();
  }
}

/** Everyone has heard of the newest change, and so knows how many there are. */
function settled(crowd: readonly LightMember[], count: number): Promise<void> {
  return eventually('everyone knows how many there are', SETTLE_MS, () => {
    const newest = Math.max(...crowd.map(({ version }) => version));
    return crowd.every((member) => member.version === newest && member.memberCount === count);
  });
}

async function phase(
  house: BenchHouse,
  crowd: readonly LightMember[],
  count: number,
  work: () => Promise<void>,
): Promise<Phase> {
  const sum = (of: (member: LightMember) => number) =>
    crowd.reduce((total, member) => total + of(member), 0);
  const look = () => ({
    bytes: sum(({ socket }) => socket.bytes),
    events: sum(({ events }) => events),
    retries: sum(({ retries }) => retries),
    reloads: sum(({ reloads }) => reloads),
  });
  const [before, start] = [look(), performance.now()];
  const all = { pids: house.nodes.map(({ pid }) => pid) };
  const cpu = usageOf(house, all);
  await work();
  const [ms, after] = [performance.now() - start, look()];
  return {
    count,
    ms,
    cpu: usageBetween(cpu, usageOf(house, all)),
    bytes: after.bytes - before.bytes,
    events: after.events - before.events,
    retries: after.retries - before.retries,
    reloads: after.reloads - before.reloads,
  };
}

function report(house: BenchHouse, { members, ...phases }: Round): void {
  for (const [name, { count, ms, cpu, bytes, events, retries, reloads }] of Object.entries(
    phases,
  )) {
    const each = (seconds: number) => shown((seconds * 1e6) / count, 0).padStart(5);
    house.print(
      `${String(members).padStart(5)} ${name.padEnd(10)} ${shown(ms, 0).padStart(6)} ms` +
        `  CPU ${each(cpu.node)}  Redis ${each(cpu.redis)}  PostgreSQL ${each(cpu.postgres)}` +
        `  to a member: ${shown(bytes / members, 0)} bytes, ${shown(events / members, 1)} events` +
        `  again: ${retries}  reloads: ${reloads}`,
    );
  }
}

function judge(house: BenchHouse, rounds: readonly Round[], fewest: number, most: number): boolean {
  if (fewest === most) return true;
  const cost = (members: number, phaseOf: (round: Round) => Phase) => {
    const costs = rounds
      .filter((round) => round.members === members)
      .map((round) => phaseOf(round).cpu.node / phaseOf(round).count)
      .sort((a, b) => a - b);
    return costs[Math.floor(costs.length / 2)] ?? 0;
  };
  let isLinear = true;
  for (const name of ['connecting', 'joining', 'changing', 'leaving', 'kicking'] as const) {
    const ratio = cost(most, (round) => round[name]) / cost(fewest, (round) => round[name]);
    // Of a kick everybody is told at once.
    if (ratio > LINEAR && name !== 'kicking') isLinear = false;
    house.print(`${name}: one of ${most} costs ${shown(ratio, 2)} times one of ${fewest}`);
  }
  house.print(
    isLinear
      ? 'Linear: the cost grows with the members, not with their square.'
      : 'The cost grows faster than that.',
  );
  return isLinear;
}
