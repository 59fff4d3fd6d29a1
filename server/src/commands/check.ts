import { loadConfig } from '../config/load-config.js';
import { type Command, STATUS, type Status } from './command.js';

const WIDTH = 'configuration'.length;

export const check: Command = {
  summary: 'Looks at configuration and backends, and changes nothing.',
  options: {},
  details: `It looks at what a node looks at when it starts, with the same variables: the configuration, keys,
the address, the transport, the data folder, Redis, PostgreSQL, its schema, and clocks. A line each
says what it found: ok, a warning (a node starts all the same), or a fault, with which the exit status
is 1; it is 2 where the configuration is not usable. A port that is in use is a warning, as a node may
run there, and then a data folder that is in use is one, too.`,
  async run(_, { environment, out }) {
    const config = loadConfig(environment);
    // All that a node is made of: no other command waits for it.
    const { checkStart } = await import('../app/check-start.js');
    let status: Status = STATUS.ok;
    await checkStart(config, environment.NODE_ENV === 'production', ({ level, subject, text }) => {
      if (level === 'fault') status = STATUS.failed;
      out(`${subject.padEnd(WIDTH)}  ${level.padEnd(7)}  ${text}`);
    });
    out(status === STATUS.ok ? 'A node starts with this.' : 'A node does not start with this.');
    return status;
  },
};
