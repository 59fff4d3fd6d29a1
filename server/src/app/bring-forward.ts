import type { Config } from '../config/config.js';
import { type SchemaState, schemaState } from '../drivers/postgres/migrate-schema.js';
import { systemClock } from '../engine/runtime/clock.js';
import type { Logger } from '../engine/runtime/logger.js';
import { ResourceStack } from '../engine/runtime/resource-stack.js';
import { openArchive } from './open-archive.js';

/**
 * Brings the schema of the archive forward, as the start of a node does, and answers how it was before.
 * Rejects with a StartupError.
 */
export async function bringForward(config: Config, logger: Logger): Promise<SchemaState> {
  await using stack = new ResourceStack((err) => logger.debug({ err }, 'unclean end'));
  let before: SchemaState = { pending: [], newer: [] };
  await openArchive({ clock: systemClock, config, logger }, stack, async (database) => {
    before = await schemaState(database.queries);
  });
  return before;
}
