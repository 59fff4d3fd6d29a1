import { loadConfig } from '../config/load-config.js';
import { silentLogger } from '../engine/runtime/logger.js';
import { type Command, STATUS } from './command.js';

export const migrate: Command = {
  summary: 'Brings the tables of the archive forward to this version.',
  options: {},
  details: `Every start of a node does the same, so this is for who wants it done beforehand, or by another user
of PostgreSQL: DATABASE_URL says where (without it, the embedded archive in PINROOM_DATA_DIR, which no
node may be using). Nodes of the version before go on working. Several at once wait for each other.`,
  async run(_, { environment, err, out }) {
    const config = loadConfig(environment);
    const { bringForward } = await import('../app/bring-forward.js');
    const logger = { ...silentLogger, warn: (_: object, text: string) => err(`warning: ${text}`) };
    const { newer, pending } = await bringForward(config, logger);
    for (const name of pending) out(`${name}: done`);
    if (newer.length > 0) out('The schema is that of a newer version, and stays as it is.');
    else if (pending.length === 0) out('The schema is up to date.');
    return STATUS.ok;
  },
};
