import { parseArgs } from 'node:util';
import { PinroomError } from '@pinroom/client';
import { messageOf, StartupError } from '../app/startup-error.js';
import { readVersion } from '../app/version.js';
import { ConfigError } from '../config/load-config.js';
import { check } from './check.js';
import { close } from './close.js';
import {
  type Around,
  type Call,
  type Command,
  CommandError,
  STATUS,
  type Status,
  UsageError,
} from './command.js';
import { commandHelp, generalHelp } from './help.js';
import { keys } from './keys.js';
import { migrate } from './migrate.js';
import { whatIsWrong } from './operator.js';
import { rooms } from './rooms.js';
import { start } from './start.js';
import { tail } from './tail.js';

/** In the order of the help. */
const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries({ start, check, migrate, keys, rooms, close, tail }),
);

/** Runs what the command line asks for, and answers the exit status. Never rejects. */
export async function runCommandLine(args: readonly string[], around: Around): Promise<Status> {
  const [name = '', ...rest] = args;
  if (name === '--version' || name === '-v') return say(around, readVersion());
  if (name === '--help' || name === '-h') return say(around, generalHelp(COMMANDS));
  if (name === 'help') return help(rest, around);
  const command = COMMANDS.get(name);
  if (command === undefined) return unknown(name, around);
  if (rest.includes('--help') || rest.includes('-h')) {
    return say(around, commandHelp(name, command));
  }
  try {
    return await command.run(readCall(command, rest), around);
  } catch (fault) {
    return explain(fault, name, around);
  }
}

function help([name, ...others]: readonly string[], around: Around): Status {
  if (name === undefined) return say(around, generalHelp(COMMANDS));
  const command = COMMANDS.get(name);
  if (command === undefined || others.length > 0)
    return unknown([name, ...others].join(' '), around);
  return say(around, commandHelp(name, command));
}

function say(around: Around, text: string): Status {
  around.out(text);
  return STATUS.ok;
}

function unknown(name: string, around: Around): Status {
  if (name === '') around.err(generalHelp(COMMANDS));
  else
    around.err(`pinroom: there is no command ${JSON.stringify(name)}; pinroom --help lists them.`);
  return STATUS.misused;
}

function readCall(command: Command, args: readonly string[]): Call {
  const { least = 0, most = 0 } = command.positionals ?? {};
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { short, type }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (fault) {
    // Of what Node says the first sentence is about the mistake, the others about parsers.
    throw new UsageError(messageOf(fault).replace(/(?<=['>])\. .*$/s, ''));
  }
  const { positionals, values } = parsed;
  if (positionals.length < least) {
    throw new UsageError(`${command.positionals?.text ?? ''} is missing`);
  }
  if (positionals.length > most) {
    throw new UsageError(`${JSON.stringify(positionals[most])} is one argument too many`);
  }
  return {
    positionals,
    text(option) {
      const value = values[option];
      return typeof value === 'string' ? value : undefined;
    },
    flag: (option) => values[option] === true,
  };
}

function explain(fault: unknown, name: string, around: Around): Status {
  if (fault instanceof UsageError) {
    around.err(`pinroom ${name}: ${fault.message}; pinroom ${name} --help says how it is used.`);
    return STATUS.misused;
  }
  if (fault instanceof ConfigError) {
    around.err('The configuration is not usable:');
    for (const line of fault.faults) around.err(`  - ${line}`);
    return STATUS.misused;
  }
  const isKnown = fault instanceof CommandError || fault instanceof StartupError;
  const message = fault instanceof PinroomError ? whatIsWrong(fault) : messageOf(fault);
  around.err(`pinroom ${name}: ${message}`);
  if (!isKnown && !(fault instanceof PinroomError) && fault instanceof Error) {
    around.err(fault.stack ?? '');
  }
  return STATUS.failed;
}
