import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, Room, Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';
import { UwsTransport } from './colyseus-uws.js';
import { endWithParent, tellPort } from './peer-process.js';
import { type PeerCommands, peerEntry } from './wire.js';

// Colyseus as its documentation shows it, with rooms that have no state: it only hands on what is said.
// The third argument, behind two that it has no use for, is `uws` or `ws`.

// Else it makes a buffer for each message.
process.env.NODE_ENV = 'production';

class TalkRoom extends Room {
  // Without a state there is nothing to compare 20 times a second.
  override patchRate = 0;
  #length = 0;

  override onCreate({ roomId }: { roomId: string }): void {
    this.roomId = roomId;
    this.onMessage('room:send', (client: Client, wish: PeerCommands['room:send']) => {
      this.broadcast('room:entry', peerEntry(roomId, this.#length++, wish));
      client.send('room:sent', { ok: true, data: {} });
    });
  }
}

const isOnUws = process.argv[4] === 'uws';
const http = createServer();
const transport = isOnUws ? new UwsTransport(tellPort) : new WebSocketTransport({ server: http });
const server = new Server({ transport, greet: false, gracefullyShutdown: false });
server.define('talk', TalkRoom);
await server.listen(0, '127.0.0.1');
if (!isOnUws) tellPort((http.address() as AddressInfo).port);
endWithParent();
