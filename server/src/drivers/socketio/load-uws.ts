import { createRequire } from 'node:module';
import type { UwsModule } from './uws-native.js';

export type TransportChoice = 'auto' | 'uws' | 'ws';

export interface ChosenTransport {
  /** Null: plain node:http with `ws`. */
  readonly uws: UwsModule | null;
  /** Why each candidate did not load; empty when it was not asked for or the first one did. */
  readonly reasons: readonly string[];
}

/**
 * The packages that carry the binary, newest first. Of the second one the binary itself: its
 * JavaScript entry would print and hand out an imitation where the binary does not load.
 */
const CANDIDATES = [
  'uWebSockets.js',
  `uWebSockets.js-glibc227/binaries/uws_${process.platform}_${process.arch}_${process.versions.modules}.node`,
] as const;

/**
 * Decides what carries the sockets: native uWebSockets.js where one of its binaries loads, else
 * `ws`. Throws, with the reasons, when `uws` was asked for and none does.
 */
export function chooseTransport(
  wanted: TransportChoice,
  load: (id: string) => unknown = createRequire(import.meta.url),
): ChosenTransport {
  if (wanted === 'ws') return { uws: null, reasons: [] };
  const reasons: string[] = [];
  for (const candidate of CANDIDATES) {
    try {
      const loaded = load(candidate) as UwsModule;
      if (typeof loaded.SSLApp === 'function') return { uws: loaded, reasons };
      reasons.push(`${candidate}: not the native build`);
    } catch (fault) {
      reasons.push(`${candidate}: ${reasonOf(fault)}`);
    }
  }
  if (wanted === 'auto') return { uws: null, reasons };
  throw new Error(
    `The transport uws was asked for, but uWebSockets.js does not load here: ${reasons.join('; ')}. ` +
      'Set PINROOM_TRANSPORT to auto or ws, or install the optional dependencies.',
  );
}

/** The line that says most: a package wraps the system's own message, which comes last. */
function reasonOf(fault: unknown): string {
  const lines = String(fault instanceof Error ? fault.message : fault)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('- '));
  const missing = lines.find((line) => line.includes('not found'));
  return missing ?? lines[0] ?? 'unknown';
}
