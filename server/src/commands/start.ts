import { type Command, STATUS } from './command.js';

export const start: Command = {
  summary: 'Runs a node, or several with PINROOM_WORKERS.',
  options: {},
  details: `Everything is set by variables of the environment, see the README. Without REDIS_URL and
DATABASE_URL rooms are in memory and the archive is in PINROOM_DATA_DIR. SIGTERM and Ctrl+C stop it
cleanly, a second one at once. pinroom check tells beforehand what would keep it from starting.`,
  async run(_, around) {
    await around.start();
    return STATUS.ok;
  },
};
