import { randomUUID } from 'node:crypto';
import { loadUws, type UwsPeerSocket } from './load-uws.js';
import { endWithParent, tellPort } from './peer-process.js';
import { type PeerCommands, peerEntry } from './wire.js';

// The physical limit: uWebSockets.js alone, with just enough of Socket.IO's wire format. It knows
// nobody, stores nothing and checks nothing.

const uws = loadUws();
const decoder = new TextDecoder();
const lengths = new Map<string, number>();

const app = uws.App();
app.ws('/socket.io/', {
  idleTimeout: 0,
  maxBackpressure: 16 * 1_024 * 1_024,
  open(socket) {
    const sid = randomUUID();
    socket.send(`0{"sid":"${sid}","upgrades":[],"pingInterval":25000,"pingTimeout":20000}`);
  },
  message(socket, message) {
    const text = decoder.decode(message);
    if (text.startsWith('40')) {
      socket.send(`40{"sid":"${randomUUID()}"}`);
      socket.send('42["session:ready",{}]');
    } else if (text.startsWith('42')) {
      command(socket, text);
    }
  },
});

function command(socket: UwsPeerSocket, text: string): void {
  const start = text.indexOf('[');
  const ackId = text.slice(2, start);
  const [name, payload] = JSON.parse(text.slice(start)) as [
    keyof PeerCommands,
    PeerCommands['room:send'],
  ];
  const { roomId } = payload;
  if (name === 'room:send') {
    const seq = lengths.get(roomId) ?? 0;
    lengths.set(roomId, seq + 1);
    app.publish(roomId, `42["room:entry",${JSON.stringify(peerEntry(roomId, seq, payload))}]`);
  } else {
    socket.subscribe(roomId);
  }
  socket.send(`43${ackId}[{"ok":true,"data":{}}]`);
}

app.listen('127.0.0.1', 0, (listenSocket) => {
  tellPort(uws.us_socket_local_port(listenSocket));
});
endWithParent();
