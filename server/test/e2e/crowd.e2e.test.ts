import { LIMITS, type Member, type ServerEvents } from '@pinroom/client/contract';
import { describe, expect, it } from 'vitest';
import { startBackends, UNLIMITED } from '../support/backends.js';
import { openSocket } from '../support/raw-socket.js';
import { spawnNode } from '../support/spawn-node.js';
import { listen, newPerson, openRoom } from '../support/test-client.js';
import { until } from '../support/until.js';

type Presence = ServerEvents['room:presence'];

/** Up to here everybody is told the names. */
const MOST = LIMITS.presenceDetailMembers;
const ABREAST = 20;
/** What a client waits before it takes something for missing. */
const RELOAD_MS = 10_000;

describe('a room on two nodes that grows into a crowd and shrinks again', () => {
  it('tells names to all, then to hosts alone and counts to players, then names again', async () => {
    const env = { ...UNLIMITED, ...(await startBackends()).env };
    const nodes = [await spawnNode({ env }), await spawnNode({ env })];
    const urlOf = (n: number) => nodes[n % 2]?.url ?? '';
    const host = await newPerson(urlOf(0), 'Host');
    const { handle: stage, pin, roomId } = await openRoom(host);
    const hostHeard = listen(stage).presence;
    const player = await newPerson(urlOf(1), 'Player');
    const seat = await player.client.joinRoom({ pin });

    const joined = async (n: number) => {
      const opened = await openSocket(urlOf(n), `Guest ${n}`);
      await opened.socket.must('room:join', { roomId });
      return opened;
    };
    let next = 0;
    const guests: Awaited<ReturnType<typeof joined>>[] = [];
    const lane = async () => {
      while (next < MOST - 2) guests.push(await joined(next++));
    };
    await Promise.all(Array.from({ length: ABREAST }, lane));
    await until(() => seat.members.size === MOST && stage.members.size === MOST);
    expect(namesOf(seat.members.values())).toContain(`Guest ${MOST - 3}`);

    const heard = guests.map(({ socket }) => socket);
    const before = heard.map((socket) => socket.seen<Presence>('room:presence').length);
    const late = await joined(MOST);
    await until(() => seat.memberCount === MOST + 1 && stage.members.size === MOST + 1);
    // A list that nobody keeps up to date would lie.
    expect(seat.members.size).toBe(0);
    expect(hostHeard.flatMap(({ joined: came }) => namesOf(came))).toContain(`Guest ${MOST}`);
    for (const [n, socket] of heard.entries()) {
      const news = () => socket.seen<Presence>('room:presence').slice(before[n]);
      await until(() => news().some(({ memberCount }) => memberCount === MOST + 1));
      const { joined: came, changed, left } = news().at(-1) as Presence;
      expect([came, changed, left]).toEqual([[], [], []]);
    }
    const listed: Member[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await stage.membersPage({ limit: 150, ...(cursor ? { cursor } : {}) });
      expect(page.memberCount).toBe(MOST + 1);
      listed.push(...page.members);
      cursor = page.nextCursor;
    }
    expect(namesOf(listed)).toEqual(namesOf(stage.members.values()));

    await late.socket.must('room:leave', { roomId, everywhere: true });
    await until(() => seat.members.size === MOST, RELOAD_MS);
    expect(namesOf(seat.members.values())).toEqual(namesOf(stage.members.values()));
    expect(namesOf(seat.members.values())).not.toContain(`Guest ${MOST}`);
  });
});

function namesOf(members: Iterable<Member>): string[] {
  return [...members].map(({ nickname }) => nickname).sort();
}
