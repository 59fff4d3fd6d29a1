import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { messageOf } from '../app/startup-error.js';
import { type Call, type Command, CommandError, STATUS, UsageError } from './command.js';
import { replaceFile } from './env-file.js';
import {
  KEY,
  kidOf,
  newKey,
  newSecret,
  readState,
  SECRET,
  STEPS,
  writeState,
} from './replace-keys.js';

const DEFAULT_FILE = '.pinroom.env';

type Step = keyof typeof STEPS;
type Secrets = ReturnType<typeof newSecrets>;

export const keys: Command = {
  summary: 'Makes the secrets that several nodes share, and replaces keys in them.',
  positionals: { text: '[file]', least: 0, most: 1 },
  options: {
    prepare: { type: 'boolean', meaning: 'Adds the next key and secret, to be accepted.' },
    rotate: { type: 'boolean', meaning: 'Brings the prepared ones into use.' },
    retire: { type: 'boolean', meaning: 'Takes earlier ones out.' },
    print: { type: 'boolean', meaning: 'Makes secrets and shows them, without a file.' },
  },
  details: `Without an option it makes the file, ${DEFAULT_FILE} unless told, for you alone to read, and changes
nothing where it is there. It is an environment file: for a shell (set -a; . ./${DEFAULT_FILE}; set +a),
EnvironmentFile= of systemd, or docker compose --env-file.

Key and token secret are replaced together, in three steps that log nobody out; each says what is to
be done before the next one. After each the file goes to every node, and one node after the other is
restarted.`,
  async run(call, around) {
    const step = stepOf(call);
    const [file = DEFAULT_FILE] = call.positionals;
    const program = [around.keysProgram, ...call.positionals].join(' ');
    if (call.flag('print')) around.out(linesOf(newSecrets()).trimEnd());
    else if (step === null) around.out(makeFile(file, newSecrets(), program));
    else around.out(changeFile(file, step, program));
    return STATUS.ok;
  },
};

function stepOf(call: Call): Step | null {
  const steps = (Object.keys(STEPS) as Step[]).filter((step) => call.flag(step));
  const [step = null] = steps;
  const isPrinted = call.flag('print');
  if (steps.length + (isPrinted ? 1 : 0) > 1) {
    throw new UsageError('--prepare, --rotate, --retire and --print go one at a time');
  }
  if (isPrinted && call.positionals.length > 0) {
    throw new UsageError('--print goes without a file');
  }
  return step;
}

function newSecrets() {
  return {
    [KEY]: newKey(),
    [SECRET]: newSecret(),
    PINROOM_OPERATOR_TOKEN: newSecret(),
    POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
    GRAFANA_PASSWORD: randomBytes(24).toString('hex'),
  };
}

function linesOf(secrets: Secrets): string {
  return Object.entries(secrets)
    .map(([name, value]) =>
      typeof value === 'string' ? `${name}=${value}\n` : `${name}='${JSON.stringify(value)}'\n`,
    )
    .join('');
}

/** Never over a file that is there: with new secrets everybody is logged out. */
function makeFile(file: string, secrets: Secrets, program: string): string {
  try {
    writeFileSync(file, linesOf(secrets), { mode: 0o600, flag: 'wx' });
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new CommandError(`${file}: ${messageOf(fault)}.`);
    }
    throw new CommandError(
      `${file}: is there already, and stays as it is. \`${program} --prepare\` begins to replace ` +
        'its key and secret.',
    );
  }
  return `${file}: made, for you alone to read. In it are
  ${KEY}  signs access tokens; public as kid ${kidOf(secrets[KEY])}
  ${SECRET}     behind refresh tokens and host keys
  PINROOM_OPERATOR_TOKEN   opens /monitor, /metrics and /api/ops
  POSTGRES_PASSWORD        for docker-compose.yml, as GRAFANA_PASSWORD; no node reads them
Every node gets them in its environment, the same ones: \`set -a; . ./${file}; set +a\` in a shell,
EnvironmentFile= in a systemd unit, \`docker compose --env-file ${file} up\`.
Keep the file: with other secrets everybody is logged out. How key and secret are replaced without
that: \`${program} --prepare\` says the steps.`;
}

function changeFile(file: string, step: Step, program: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    const state = readState(text);
    const said = STEPS[step](state, program);
    replaceFile(file, writeState(text, state));
    return `${file}: ${said}`;
  } catch (fault) {
    throw new CommandError(`${file}: ${messageOf(fault)}\nThe file is as it was.`);
  }
}
