import type { Command, OptionText } from './command.js';

const HELP: OptionText = { type: 'boolean', short: 'h', meaning: 'Says this.' };

/** What `pinroom --help` says. */
export function generalHelp(commands: ReadonlyMap<string, Command>): string {
  const rows = [...commands].map(([name, { summary, positionals }]): [string, string] => [
    [name, positionals?.text].filter(Boolean).join(' '),
    summary,
  ]);
  return `A real-time room server for rooms that people enter by PIN.

Usage: pinroom <command> [options]

${table(rows)}

pinroom <command> --help says more about a command, pinroom --version which version this is.
Variables are in the README. Exit status: 0 done, 1 it did not work, 2 the command line or the
configuration is not usable.`;
}

/** What `pinroom <command> --help` says. */
export function commandHelp(name: string, command: Command): string {
  const { details, options, positionals, summary } = command;
  const known = { ...options, help: HELP };
  const rows = Object.entries(known).map(([option, text]): [string, string] => [
    [
      text.short ? `-${text.short}, ` : '    ',
      `--${option}`,
      text.value ? ` ${text.value}` : '',
    ].join(''),
    text.meaning,
  ]);
  const usage = ['pinroom', name, positionals?.text, '[options]'].filter(Boolean).join(' ');
  return `${summary}\n\nUsage: ${usage}\n\n${details}\n\n${table(rows)}`;
}

/** Two columns. */
function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join('\n');
}
