import type { Environment } from '../config/environment-reader.js';

/** How a command ends; docs/operations.md has the same. */
export const STATUS = {
  ok: 0,
  /** What was asked for was not done, or a check found a fault. */
  failed: 1,
  /** The command line or the configuration is not usable. */
  misused: 2,
} as const;

export type Status = (typeof STATUS)[keyof typeof STATUS];

/** What a command has of the process; only the entry file has the process. */
export interface Around {
  readonly environment: Environment;
  /** A line to standard output. */
  readonly out: (line: string) => void;
  /** A line to standard error. */
  readonly err: (line: string) => void;
  /** Ends with Ctrl+C or SIGTERM, which end the process until this is called. */
  readonly interrupted: () => AbortSignal;
  /** Runs a node in this process; it takes the signals and ends the process by itself. */
  readonly start: () => Promise<void>;
  /** How `pinroom keys` was called, for messages that say what to call next. */
  readonly keysProgram: string;
}

export interface OptionText {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly meaning: string;
}

/** What was written on the command line, checked against what the command knows. */
export interface Call {
  readonly positionals: readonly string[];
  text(option: string): string | undefined;
  flag(option: string): boolean;
}

export interface Command {
  /** One line. */
  readonly summary: string;
  /** Its arguments as the help shows them; and how many it takes. */
  readonly positionals?: { readonly text: string; readonly least: number; readonly most: number };
  readonly options: { readonly [name: string]: OptionText };
  /** What else one should know, in lines for a terminal. */
  readonly details: string;
  run(call: Call, around: Around): Promise<Status>;
}

/** What is wrong with a command line; the message is for people. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** What keeps a command from doing what it was asked for; the message is for people. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandError';
  }
}
