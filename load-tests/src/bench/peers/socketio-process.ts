import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { loadUws } from './load-uws.js';
import { endWithParent, tellPort } from './peer-process.js';
import { type PeerCommands, peerEntry } from './wire.js';

// Socket.IO as its documentation shows it: it knows nobody and stores nothing, unless asked to.
// Arguments: `uws` or `ws`; `none`, `classic`, `sharded`; `emit` or `store`: whether each entry is
// numbered and kept in a Redis stream before it is sent. Before them come Redis' URL, and the name of
// those on this Redis who hear one another.

const [redisUrl = '', group = '', engine = 'uws', adapter = 'none', keeping = 'emit'] =
  process.argv.slice(2);

const own = `bench-${group}`;
const connect = () => new Redis(redisUrl);
const io = new Server({
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: false,
  ...(adapter === 'classic' ? { adapter: createAdapter(connect(), connect(), { key: own }) } : {}),
  ...(adapter === 'sharded'
    ? {
        adapter: createShardedAdapter(connect(), connect(), {
          subscriptionMode: 'dynamic',
          channelPrefix: own,
        }),
      }
    : {}),
});
const store = keeping === 'store' ? connect() : null;
const lengths = new Map<string, number>();

/** The entry's number in its room, from Redis where entries are kept there. */
async function keep(store: Redis, { roomId, payload }: PeerCommands['room:send']): Promise<number> {
  const seq = await store.incr(`${own}:seq:${roomId}`);
  await store.xadd(`${own}:feed:${roomId}`, '*', 'p', JSON.stringify(payload));
  return seq;
}

io.on('connection', (socket) => {
  socket.emit('session:ready', {});
  socket.on('room:join', ({ roomId }: PeerCommands['room:join'], ack: (answer: object) => void) => {
    void socket.join(roomId);
    ack({ ok: true, data: {} });
  });
  socket.on('room:send', async (wish: PeerCommands['room:send'], ack: (answer: object) => void) => {
    const seq = store ? await keep(store, wish) : nextNumber(wish.roomId);
    io.to(wish.roomId).emit('room:entry', peerEntry(wish.roomId, seq, wish));
    ack({ ok: true, data: {} });
  });
});

function nextNumber(roomId: string): number {
  const seq = lengths.get(roomId) ?? 0;
  lengths.set(roomId, seq + 1);
  return seq;
}

if (engine === 'uws') {
  const uws = loadUws();
  const app = uws.App();
  io.attachApp(app);
  app.listen('127.0.0.1', 0, (listenSocket) => {
    tellPort(uws.us_socket_local_port(listenSocket));
  });
} else {
  const http = createServer();
  io.attach(http);
  http.listen(0, '127.0.0.1', () => {
    tellPort((http.address() as AddressInfo).port);
  });
}
endWithParent();
