import { parseArgs } from 'node:util';
import { DemoPlayers } from './demo-players.js';
import { DemoScreen } from './demo-screen.js';
import { QuizDemo } from './quiz-demo.js';
import { within } from './waiting.js';

const HELP = `A short quiz against a running Pinroom server: one host, some players, and a line that breaks.

  npm run demo -- [address] [options]

  address           the server (http://127.0.0.1:3000, or the port that PORT says)
  --url <address>   the same
  --players <n>     how many play, 2 to 200 (20)
  --pin <pin>       no host: players for the room that you host at /host; until it is closed
  --help            this text

Ends with status 0 when everyone saw the same entries in the same order, else with 1.
`;

const PLAY_MS = 60_000;
const CLOSE_MS = 10_000;
/** For players of a room that somebody hosts: nobody plays longer. */
const GUESTS_MS = 3_600_000;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      players: { type: 'string', default: '20' },
      pin: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const screen = new DemoScreen(
    (text) => process.stdout.write(text),
    process.stdout.isTTY && process.stdout.hasColors(),
  );
  if (values.help) {
    screen.line(HELP);
    return 0;
  }
  const players = Number(values.players);
  if (!Number.isInteger(players) || players < 2 || players > 200) {
    screen.bad('--players wants a number from 2 to 200.');
    return 2;
  }
  // A PIN is shown in groups of digits, and is typed so.
  const rest = values.pin === undefined ? [] : positionals.filter((part) => /^\d+$/.test(part));
  const addresses = positionals.filter((part) => !rest.includes(part));
  if (addresses.length > 1) {
    screen.bad('One address is enough.');
    return 2;
  }
  const url = values.url ?? addresses[0] ?? `http://127.0.0.1:${process.env.PORT || '3000'}`;
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    screen.bad('The address has to look like http://127.0.0.1:3000.');
    return 2;
  }
  if (!(await answers(url))) {
    screen.bad(`No Pinroom server answers at ${url}.`);
    screen.line(
      '    Start one in another terminal with `npm start`, and come back when it says "ready".',
    );
    screen.line('    One that runs elsewhere: `npm run demo -- http://127.0.0.1:4000`.');
    return 1;
  }
  if (values.pin === undefined) return play(url, players, screen);
  const pin = [values.pin, ...rest].join('');
  return visit(new DemoPlayers({ url, pin, players, screen }), screen);
}

async function visit(guests: DemoPlayers, screen: DemoScreen): Promise<number> {
  try {
    const answers = await guests.run(GUESTS_MS);
    screen.good(`the room is over; ${answers} answers were given`);
    return 0;
  } catch (fault) {
    screen.bad(fault instanceof Error ? fault.message : String(fault));
    return 1;
  } finally {
    await within('closing', CLOSE_MS, guests.close()).catch((fault: unknown) => {
      screen.bad(String(fault));
    });
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(3_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function play(url: string, players: number, screen: DemoScreen): Promise<number> {
  const demo = new QuizDemo({ url, players, screen });
  try {
    const faults = await within('the whole quiz', PLAY_MS, demo.run());
    for (const { kind, client, channel, id, detail } of faults.slice(0, 20)) {
      screen.bad(
        `${kind} in ${channel}, ${client ?? 'kept entries'}, ${id ?? 'no entry'}: ${detail}`,
      );
    }
    return faults.length === 0 ? 0 : 1;
  } catch (fault) {
    screen.bad(fault instanceof Error ? fault.message : String(fault));
    return 1;
  } finally {
    await within('closing', CLOSE_MS, demo.close()).catch((fault: unknown) => {
      screen.bad(String(fault));
    });
  }
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    process.exitCode = 2;
  },
);
