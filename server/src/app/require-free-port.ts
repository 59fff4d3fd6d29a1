import { createServer } from 'node:net';
import { messageOf, StartupError } from './startup-error.js';

/**
 * Rejects when the port is taken: before anything is opened or made for a node that cannot listen.
 * Answers the port, or a free one for 0.
 */
export async function requireFreePort(host: string, port: number): Promise<number> {
  const probe = createServer();
  try {
    await new Promise<void>((free, taken) => {
      probe.once('error', taken);
      probe.listen({ host, port, exclusive: true }, free);
    });
  } catch (fault) {
    throw new StartupError(`Cannot listen on ${host}:${port}: ${reasonOf(fault)}`, fault);
  }
  const address = probe.address();
  await new Promise<void>((closed) => {
    probe.close(() => closed());
  });
  return typeof address === 'object' && address !== null ? address.port : port;
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
