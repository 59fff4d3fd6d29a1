import diagnostics from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { Entry, OpenSocket, SocketLine } from '@pinroom/client';
import { LightLine } from './light-line.js';

/** What happens to a connection beside its events. */
export interface LineWatch {
  /** The server has answered with an error, or refused the handshake. */
  onCode(code: string): void;
  /** Some events of the line itself. */
  onLine(what: 'connect_error' | 'disconnect'): void;
  /** Every entry as it comes, before the library looks at it. */
  onEntry(entry: Entry): void;
}

/** A connection whose network can be made to fail. */
export interface WatchedLine extends SocketLine {
  /** As when the network goes: no goodbye. */
  cut(): void;
  /** Nothing is read until `resume`; false: this connection cannot. */
  pause(): boolean;
  resume(): void;
}

const opened: Socket[] = [];
let listening = false;

/** Opens a connection by `open`; beside what it brings, its errors are told and it can be cut. */
export function openWatched(
  open: OpenSocket,
  url: string,
  auth: () => { token: string },
  watch: LineWatch,
): WatchedLine {
  const { line, socket } = openWithSocket(open, url, auth);
  let tell: (name: string, payload: unknown) => void = () => {};
  return {
    onEvent(listener) {
      tell = (name, payload) => {
        if (name === 'connect_error') {
          watch.onCode(codeOf(payload) ?? 'offline');
          watch.onLine(name);
        } else if (name === 'disconnect') watch.onLine(name);
        else if (name === 'room:entry') watch.onEntry(payload as Entry);
        listener(name, payload);
      };
      line.onEvent(tell);
    },
    emit(name, payload, ack) {
      line.emit(name, payload, (answer) => {
        const { ok, error } = (answer ?? {}) as { ok?: boolean; error?: unknown };
        if (ok !== true) watch.onCode(codeOf(error) ?? 'internal');
        ack(answer);
      });
    },
    close: () => line.close(),
    cut() {
      if (line instanceof LightLine) line.socket.terminate();
      else if (socket) socket.destroy();
      else {
        // Over TLS Node does not tell of the socket: as near as it gets.
        tell('disconnect', 'transport close');
        line.close();
      }
    },
    pause() {
      if (line instanceof LightLine) line.socket.pause();
      else socket?.pause();
      return line instanceof LightLine || socket !== null;
    },
    resume() {
      if (line instanceof LightLine) line.socket.resume();
      else socket?.resume();
    },
  };
}

/** The library hides the network's socket; Node tells of each one at the moment it is made. */
function openWithSocket(open: OpenSocket, url: string, auth: () => { token: string }) {
  if (!listening) {
    diagnostics.subscribe('net.client.socket', (message) => {
      opened.push((message as { socket: Socket }).socket);
    });
    listening = true;
  }
  opened.length = 0;
  const line = open(url, auth);
  const socket = opened[0] ?? null;
  opened.length = 0;
  return { line, socket };
}

function codeOf(error: unknown): string | null {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : null;
}
