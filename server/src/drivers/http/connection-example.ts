/** A host and a player in one file, against the server at `origin`; it runs as it stands. */
export function connectionExample(origin: string): string {
  return `import { io } from 'socket.io-client';

const server = ${JSON.stringify(origin)};

async function connect(nickname) {
  const answer = await fetch(server + '/api/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ nickname }),
  });
  const { accessToken } = await answer.json();
  return io(server, { transports: ['websocket'], auth: { token: accessToken } });
}

async function command(socket, name, payload) {
  const ack = await socket.timeout(5000).emitWithAck(name, payload);
  if (!ack.ok) throw new Error(ack.error.code + ': ' + ack.error.message);
  return ack.data;
}

const host = await connect('Ada');
const { room } = await command(host, 'room:create', { title: 'Hello' });
await command(host, 'room:join', { roomId: room.id });
const heard = new Promise((resolve) => {
  // Hosts hear the log, too: what the server writes there is from null.
  host.on('room:entry', (entry) => entry.channel === 'room' && resolve(entry));
});

const player = await connect('Grace');
await command(player, 'room:join', { pin: room.pin });
await command(player, 'room:send', {
  roomId: room.id, type: 'chat', payload: { text: 'I am in with PIN ' + room.pin },
});

const { from, payload } = await heard;
console.log(from?.nickname + ':', payload.text);
host.disconnect();
player.disconnect();`;
}
