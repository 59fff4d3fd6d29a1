import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Entry, Room } from '@pinroom/client/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Backends, startBackends, UNLIMITED } from '../support/backends.js';
import { call } from '../support/http-calls.js';
import { COLLECTING, heldBytes } from '../support/node-figures.js';
import { openSocket } from '../support/raw-socket.js';
import { type SpawnedNode, spawnNode } from '../support/spawn-node.js';
import { newPerson } from '../support/test-client.js';
import { until } from '../support/until.js';

const API_KEY = 'an-application-s-key';
/** Entries that Redis keeps of a channel: the others come from the archive. */
const KEEP = 10;
const SETTINGS = { ...UNLIMITED, PINROOM_API_KEY: API_KEY, PINROOM_CHANNEL_KEEP: `${KEEP}` };

const exportOf = (node: SpawnedNode, roomId: string) =>
  `${node.url}/api/rooms/${roomId}/export.ndjson`;

async function exported(node: SpawnedNode, roomId: string, token: string): Promise<Entry[]> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(exportOf(node, roomId), { headers });
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  return entriesOf(await response.text());
}

function entriesOf(text: string): Entry[] {
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as Entry);
}

describe('the export of a room', () => {
  let backends: Backends;
  let nodes: Record<'uws' | 'ws' | 'embedded', SpawnedNode>;

  beforeAll(async () => {
    backends = await startBackends();
    const env = { ...SETTINGS, ...backends.env, ...COLLECTING };
    const [uws, ws, embedded] = await Promise.all([
      spawnNode({ env, transport: 'uws' }),
      spawnNode({ env, transport: 'ws' }),
      spawnNode({ env: SETTINGS }),
    ]);
    nodes = { uws, ws, embedded };
  });

  /** A room of a new host. */
  async function openedRoom(node: SpawnedNode) {
    const host = await openSocket(node.url, 'Host');
    const { room } = await host.socket.must('room:create', {});
    await host.socket.must('room:join', { roomId: room.id });
    return { ...host, room };
  }

  async function isArchived(room: Room, rows: number): Promise<boolean> {
    const [found] = await backends.query<{ rows: number }>(
      'select count(*)::int as rows from entries where room_id = $1',
      [room.id],
    );
    return (found?.rows ?? 0) >= rows;
  }

  it.each(['embedded', 'uws'] as const)(
    'has every entry of every channel once and in order, open and closed (%s)',
    async (kind) => {
      const node = nodes[kind];
      const { room, socket, token, userId } = await openedRoom(node);
      const roomId = room.id;
      const ada = await openSocket(node.url, 'Ada');
      await ada.socket.must('room:join', { roomId });
      const said = new Map<string, unknown[]>();
      for (let n = 0; n < 150; n++) {
        const own = n % 2 === 0 ? ada.userId : userId;
        const channel = (['room', 'host', `user:${own}`] as const)[n % 3] ?? 'room';
        await socket.must('room:send', { roomId, channel, type: 'x', payload: { n, text: 'ä\n' } });
        said.set(channel, [...(said.get(channel) ?? []), n]);
      }
      const users = [ada.userId, userId].sort().map((id) => `user:${id}`);
      const order = ['room', 'host', ...users, 'log'];

      const open = await exported(node, roomId, token);
      expect([...new Set(open.map(({ channel }) => channel))]).toEqual(order);
      for (const channel of order.slice(0, -1)) {
        const entries = open.filter((entry) => entry.channel === channel);
        expect(entries.map(({ payload }) => (payload as { n: number }).n)).toEqual(
          said.get(channel),
        );
        const { entries: page } = await socket
          .must('room:history', { roomId, channel, limit: 200 })
          // Nobody reads a player's channel page by page but the player.
          .catch(() => ada.socket.must('room:history', { roomId, channel, limit: 200 }));
        expect(entries).toEqual(page);
      }
      const log = open.filter(({ channel }) => channel === 'log').map(({ type }) => type);
      expect(log).toEqual(['created', 'joined', 'joined']);

      await socket.must('room:close', { roomId });
      for (const shown of [token, API_KEY]) {
        const closed = await exported(node, roomId, shown);
        expect(closed.slice(0, -1)).toEqual(open);
        expect(closed.at(-1)).toMatchObject({ channel: 'log', type: 'closed' });
      }
      const stranger = await openSocket(node.url, 'Eve');
      const refusals = [ada.token, stranger.token].map((shown) =>
        call(exportOf(node, roomId), { token: shown }),
      );
      expect((await Promise.all(refusals)).map(({ code }) => code)).toEqual([
        'forbidden',
        'not_in_room',
      ]);
    },
  );

  it('does not know who was erased', async () => {
    const { client: host } = await newPerson(nodes.uws.url, 'Host');
    const { room } = await host.createRoom();
    const roomId = room.id;
    const stage = await host.joinRoom({ roomId });
    const ada = await openSocket(nodes.ws.url, 'Ada Lovelace');
    await ada.socket.must('room:join', { roomId });
    await ada.socket.must('room:send', { roomId, type: 'x', payload: 'stays' });
    await stage.send('x', 'to her', { channel: `user:${ada.userId}` });
    await stage.close();
    await until(() => isArchived(room, 6));
    const erased = await call(`${nodes.ws.url}/api/users/me`, {
      method: 'DELETE',
      token: ada.token,
    });
    expect(erased.status).toBe(204);
    const entries = entriesOf(await new Response(await host.exportRoom(roomId)).text());
    expect(JSON.stringify(entries)).not.toContain('Ada Lovelace');
    expect(JSON.stringify(entries)).not.toContain(ada.userId);
    const payloads = entries.map(({ payload }) => payload);
    expect(payloads).toEqual(expect.arrayContaining(['stays', 'to her']));
  });

  describe.each(['uws', 'ws'] as const)('that is large (%s)', (transport) => {
    const ROWS = 20_000;
    const PAYLOAD_BYTES = 8_000;
    /** Some pages, and what hangs on them; far less than the file. */
    const MOST_MEMORY = 20_000_000;
    let node: SpawnedNode;
    let room: Room;
    let token: string;

    beforeAll(async () => {
      node = nodes[transport];
      const opened = await openedRoom(node);
      ({ room, token } = opened);
      await opened.socket.must('room:close', { roomId: room.id });
      await until(() => isArchived(room, 3));
      await backends.query(
        `insert into entries (room_id, channel, epoch, seq, at, type, payload)
         select $1::uuid, 'room', 1, n, n, 'x', to_json(repeat('x', $2::int))::text
         from generate_series(0, $3::int - 1) as n`,
        [room.id, PAYLOAD_BYTES, ROWS],
      );
    });

    /** An export of which only the beginning has been read. */
    async function begun(): Promise<IncomingMessage> {
      const headers = { authorization: `Bearer ${token}` };
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request(exportOf(node, room.id), { headers }, resolve).on('error', reject).end();
      });
      expect(response.statusCode).toBe(200);
      response.pause();
      return response;
    }

    it('comes whole to a slow reader and takes little memory, few at a time', async () => {
      const before = await heldBytes(node);
      const responses = [await begun(), await begun()];
      const third = await call<{ error: object }>(exportOf(node, room.id), { token });
      expect(third).toMatchObject({ status: 429, code: 'rate_limited' });
      expect(third.body.error).toMatchObject({ retryAfterMs: 5_000 });
      let most = 0;
      const [gone, whole] = responses;
      gone?.on('error', () => {});
      gone?.destroy();
      let rest = '';
      let count = 0;
      let next = 0;
      for await (const chunk of whole ?? []) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const { channel, id } = JSON.parse(line) as Entry;
          if (channel === 'room') expect(id).toBe(`1-${count++}`);
        }
        if (count >= next) {
          next += ROWS / 8;
          most = Math.max(most, (await heldBytes(node)) - before);
        }
      }
      expect([count, rest]).toEqual([ROWS, '']);
      expect(most).toBeLessThan(MOST_MEMORY);
      // Who went away has made place.
      await until(async () => {
        const again = await begun();
        again.on('error', () => {});
        again.destroy();
        return true;
      });
    });

    it('takes no place where only its head was asked for', async () => {
      for (let n = 0; n < 5; n++) {
        const headers = { authorization: `Bearer ${token}` };
        const { status } = await fetch(exportOf(node, room.id), { method: 'HEAD', headers });
        expect(status).toBe(200);
      }
    });

    it('breaks off, and does not end early, where the room is deleted meanwhile', async () => {
      const response = await begun();
      const deleted = await call(`${node.url}/api/rooms/${room.id}`, { method: 'DELETE', token });
      expect(deleted.status).toBe(204);
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.resume();
      await expect(once(response, 'end')).rejects.toThrow('aborted');
      expect(bytes).toBeLessThan(ROWS * PAYLOAD_BYTES);
    });
  });
});
