// Ends what its parent has left behind. The parent writes one line for each process or folder that
// it has to look after ("+pid 12", "-pid 12", "+folder /x", "-folder /x"). When the parent is gone,
// however it went (SIGKILL too), its end of the pipe closes: what is still noted then is ended.
// Run as a child process by left-behind.mjs.

import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const noted = { pid: new Set(), folder: new Set() };

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const [, sign, kind, value] = /^([+-])(pid|folder) (.+)$/.exec(line) ?? [];
  if (sign === '+') noted[kind].add(value);
  if (sign === '-') noted[kind].delete(value);
}

for (const pid of noted.pid) {
  try {
    process.kill(Number(pid), 'SIGKILL');
  } catch {
    // Ended by itself.
  }
}
for (const folder of noted.folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
