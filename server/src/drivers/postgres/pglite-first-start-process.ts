/**
 * Creates the embedded database in the folder given as argument and ends. A process of its own,
 * because this takes some 700 MB that a process never gives back. It computes for seconds without a
 * pause, in a thread, so that the process notices at once when nobody waits for it any more.
 */
import { setFlagsFromString } from 'node:v8';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { EMBEDDED_SETTINGS } from './pglite-protocol.js';

/** Not `exit`, which waits until the thread comes to a pause. */
function giveUp(): void {
  process.kill(process.pid, 'SIGKILL');
}

if (isMainThread) {
  // It is over before code that V8's optimising compiler made has earned what making it costs.
  setFlagsFromString('--liftoff-only');
  const folder = process.argv[2];
  if (folder === undefined) throw new Error('usage: pglite-first-start-process <folder>');
  process.once('disconnect', giveUp);
  // It may have happened while the modules were loaded.
  if (process.connected === false) giveUp();
  const thread = new Worker(new URL(import.meta.url), { workerData: folder });
  // A fault in the thread is one of the process: it is printed, and the status says so.
  thread.once('exit', (status) => process.exit(status));
} else {
  const db = await PGlite.create(String(workerData), { postgresqlconf: [...EMBEDDED_SETTINGS] });
  await db.close();
}
