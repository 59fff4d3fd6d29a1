import { Socket as DatagramSocket } from 'node:dgram';
import { Server, Socket } from 'node:net';

/** A path is a local socket or pipe; anything else leads to the network. */
function isLocal(target: unknown): boolean {
  const first = Array.isArray(target) ? target[0] : target;
  if (typeof first === 'string') return Number.isNaN(Number(first));
  return typeof first === 'object' && first !== null && 'path' in first && Boolean(first.path);
}

function refuse(what: string): never {
  throw new Error(`${what} in a unit test: use the memory drivers, or make it a contract test.`);
}

/** Files of unit tests share a process, which is closed once. */
const CLOSED = Symbol.for('pinroom.network.closed');

function block(): void {
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    if (!isLocal(args[0])) refuse('A network connection');
    return Reflect.apply(connect, this, args);
  } as typeof connect;

  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    if (!isLocal(args[0])) refuse('A listening port');
    return Reflect.apply(listen, this, args);
  } as typeof listen;

  DatagramSocket.prototype.send = () => refuse('A datagram');
  DatagramSocket.prototype.bind = () => refuse('A datagram port');
}

if (!Reflect.has(globalThis, CLOSED)) {
  Reflect.set(globalThis, CLOSED, true);
  block();
}
