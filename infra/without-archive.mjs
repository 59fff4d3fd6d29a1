// Imported by a node of a benchmark before its own code: its pump does not run, so that no entry gets
// from Redis to PostgreSQL. There is no such server: it shows what the archive costs.

import { ArchivePump } from '../server/dist/engine/history/archive-pump.js';

ArchivePump.prototype.start = () => {};
// What is left in Redis would be carried at the end.
ArchivePump.prototype.drain = async () => {};
