import { createServer } from 'node:net';
import { messageOf, StartupError } from './startup-error.js';

/** Rejects when the port is taken: before anything is opened or made for a node that cannot listen. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const probe = createServer();
  try {
    await new Promise<void>((free, taken) => {
      probe.once('error', taken);
      probe.listen({ host, port, exclusive: true }, free);
    });
  } catch (fault) {
    throw new StartupError(`Cannot listen on ${host}:${port}: ${reasonOf(fault)}`, fault);
  }
  await new Promise<void>((closed) => {
    probe.close(() => closed());
  });
}

function reasonOf(fault: unknown): string {
  switch ((fault as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return 'the port is in use. Set PORT to another one.';
    case 'EACCES':
      return 'it may not be used. Set PORT to one above 1023.';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine has no such address. Set HOST to another one.';
    default:
      return messageOf(fault);
  }
}
