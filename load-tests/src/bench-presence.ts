import { parseArgs } from 'node:util';
import { PinroomClient } from '@pinroom/client';
import { type BenchHouse, type CpuSeconds, cpuBetween, cpuOf, figure } from './bench-house.js';
import { LightMember } from './light-member.js';
import { eventually } from './waiting.js';

const SETTLE_MS = 120_000;
/** Who leaves and comes back. */
const LEAVING = 0.1;
const ABREAST = 64;
/** Above this the growth is not that of a line any more. */
const LINEAR = 1.5;

interface Phase {
  readonly ms: number;
  readonly cpu: CpuSeconds;
  readonly bytes: number;
  readonly events: number;
  readonly retries: number;
  readonly missed: number;
}

interface Round {
  readonly members: number;
  readonly connecting: Phase;
  readonly joining: Phase;
  readonly changing: Phase;
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
  house.print('CPU in µs a member. Redis and PostgreSQL beside the nodes.\n');
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
  await host.joinRoom({ roomId: room.id });
  const tokens = await abreast(members, (n) => newToken(urlOf(n), n));
  const crowd: LightMember[] = [];
  try {
    const connecting = await phase(house, crowd, async () => {
      await abreast(members, async (n) => {
        crowd.push(await LightMember.connect(urlOf(n), tokens[n] ?? ''));
      });
    });
    const joining = await phase(house, crowd, async () => {
      await Promise.all(crowd.map((member) => member.join(room.pin ?? '')));
      await settled(crowd, members + 1);
    });
    const changing = await phase(house, crowd, async () => {
      const leaving = crowd.slice(0, Math.ceil(members * LEAVING));
      await Promise.all(leaving.map((member) => member.leave(room.id)));
      await Promise.all(leaving.map((member) => member.join(room.pin ?? '')));
      await settled(crowd, members + 1);
    });
    return { members, connecting, joining, changing };
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
  work: () => Promise<void>,
): Promise<Phase> {
  const sum = (of: (member: LightMember) => number) =>
    crowd.reduce((total, member) => total + of(member), 0);
  const look = () => ({
    bytes: sum(({ socket }) => socket.bytes),
    events: sum(({ events }) => events),
    retries: sum(({ retries }) => retries),
    missed: sum(({ missed }) => missed),
  });
  const [before, start] = [look(), performance.now()];
  const cpu = await cpuOf(house);
  await work();
  const [ms, after] = [performance.now() - start, look()];
  return {
    ms,
    cpu: cpuBetween(cpu, await cpuOf(house)),
    bytes: after.bytes - before.bytes,
    events: after.events - before.events,
    retries: after.retries - before.retries,
    missed: after.missed - before.missed,
  };
}

function report(house: BenchHouse, { members, ...phases }: Round): void {
  for (const [name, { ms, cpu, bytes, events, retries, missed }] of Object.entries(phases)) {
    const each = (seconds: number | null) =>
      figure(seconds === null ? null : (seconds * 1e6) / members).padStart(5);
    house.print(
      `${String(members).padStart(5)} ${name.padEnd(10)} ${figure(ms).padStart(6)} ms` +
        `  CPU ${each(cpu.nodes)}  Redis ${each(cpu.redis)}  PostgreSQL ${each(cpu.postgres)}` +
        `  to a member: ${figure(bytes / members)} bytes, ${figure(events / members, 1)} events` +
        `  again: ${retries}  missed: ${missed}`,
    );
  }
}

function judge(house: BenchHouse, rounds: readonly Round[], fewest: number, most: number): boolean {
  if (fewest === most) return true;
  const cost = (members: number, phaseOf: (round: Round) => Phase) => {
    const costs = rounds
      .filter((round) => round.members === members)
      .map((round) => phaseOf(round).cpu.nodes / members)
      .sort((a, b) => a - b);
    return costs[Math.floor(costs.length / 2)] ?? 0;
  };
  let isLinear = true;
  for (const name of ['connecting', 'joining', 'changing'] as const) {
    const ratio = cost(most, (round) => round[name]) / cost(fewest, (round) => round[name]);
    if (ratio > LINEAR) isLinear = false;
    house.print(`${name}: a member of ${most} costs ${figure(ratio, 2)} times one of ${fewest}`);
  }
  house.print(isLinear ? 'The cost grows with the members.' : 'The cost grows faster than that.');
  return isLinear;
}

async function newToken(url: string, n: number): Promise<string> {
  const answer = await fetch(`${url}/api/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ nickname: `Player ${n}` }),
  });
  const { accessToken } = (await answer.json()) as { accessToken?: string };
  if (accessToken === undefined) throw new Error(`No session: ${answer.status}.`);
  return accessToken;
}

/** Runs a piece of work for each number, some at a time; answers in their order. */
async function abreast<T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const n = next++;
      results[n] = await work(n);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, lane));
  return results;
}
