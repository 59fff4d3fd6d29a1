/** The worker thread in which the embedded PostgreSQL runs; spoken to by `PgliteSession`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { EMBEDDED_SETTINGS, type WorkerReply, type WorkerRequest } from './pglite-protocol.js';

const INT8 = 20;

const { folder } = workerData as { folder: string };
const port = requirePort();

const db = await PGlite.create(folder, {
  postgresqlconf: [...EMBEDDED_SETTINGS],
  // Functions do not cross to another thread, so bigint is read here; see BoundedPool.
  parsers: { [INT8]: Number },
});
const reply = (message: WorkerReply) => port.postMessage(message);

function requirePort(): MessagePort {
  if (parentPort === null) throw new Error('this module runs in a worker thread only');
  return parentPort;
}

async function answer(request: WorkerRequest): Promise<void> {
  const { id } = request;
  try {
    if (request.sql === null) {
      await db.close();
      reply({ id, rows: [], affectedRows: 0, command: null });
      port.close();
      return;
    }
    const result = await db.query(request.sql, [...request.parameters]);
    reply({
      id,
      rows: result.rows,
      affectedRows: result.affectedRows ?? 0,
      command: result.command ?? null,
    });
  } catch (fault) {
    reply({ id, fault: describeFault(fault) });
  }
}

/** What an error carries beside its message is lost between threads unless it is copied. */
function describeFault(fault: unknown) {
  const { message, code, severity, constraint, detail, table } = Object(fault) as {
    readonly [name: string]: unknown;
  };
  return { message: String(message), code, severity, constraint, detail, table };
}

port.on('message', (request: WorkerRequest) => {
  void answer(request);
});
reply({ id: 0, rows: [], affectedRows: 0, command: null });
