import { parseArgs } from 'node:util';
import { type Load, loadOf, PROFILES, type ProfileName } from './load-profile.js';
import type { SizingRun } from './sizing-check.js';
import { STEPS } from './sizing-tables.js';

export const HELP = `How large a house has to be: nodes, Redis, PostgreSQL.

  npm run sizing                             a quiz of 1,000, 10,000, 100,000 and 1,000,000 sockets
  npm run sizing -- --sockets 50000 --profile party
  npm run sizing -- --check                  starts a small house and compares it with the model
  npm run sizing -- --measure                what one thing costs here, beside the model's table (four to five minutes)
  npm run sizing -- --write                  puts the tables into docs/operations.md

What people do (defaults: the profile's)
  --profile <name>         ${Object.keys(PROFILES).join(', ')}
  --members <n>            of a room, with its host
  --to-all <n>             entries a second of a room that all of them get
  --to-host <n>            those that the host alone gets
  --payload <bytes>        of an entry, as JSON
  --stay <seconds>         how long somebody is there, and a room is open
  --joins <n>              people who come in a second, instead of --stay: so many stay sockets / n seconds, and rooms are
                           open as long
  --newcomers <share>      of those who come, who have no session yet (0 to 1)
  --hours <n>              of a day that are as busy as this

Settings
  --session-days <n>       PINROOM_REFRESH_TTL_SECONDS, in days (30)
  --open <seconds>         rooms that nobody closes: PINROOM_ROOM_TTL_SECONDS (0: hosts close theirs)
  --keep <n>               PINROOM_CHANNEL_KEEP (1000)
  --together               the balancer sends all of a room to the same node

The check
  --nodes <n> --sockets <n> --members <n> --to-all <n> --seconds <n>   (2, 1000, 20, 4, 24)
  --quick                  a hundred sockets for three seconds, and only what can be counted

--check ends with status 1 where the model was wrong in what can be counted, or by more than a quarter in sizes.
`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  check: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  measure: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  together: { type: 'boolean', default: false },
  profile: { type: 'string', default: 'quiz' },
  sockets: { type: 'string' },
  members: { type: 'string' },
  'to-all': { type: 'string' },
  'to-host': { type: 'string' },
  payload: { type: 'string' },
  joins: { type: 'string' },
  stay: { type: 'string' },
  newcomers: { type: 'string' },
  hours: { type: 'string' },
  'session-days': { type: 'string' },
  open: { type: 'string' },
  keep: { type: 'string' },
  nodes: { type: 'string' },
  seconds: { type: 'string' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** What is asked for. */
export type SizingWish =
  | { readonly kind: 'help' | 'write' }
  | { readonly kind: 'measure' }
  | { readonly kind: 'sizes'; readonly name: string; readonly loads: readonly Load[] }
  | { readonly kind: 'check'; readonly nodes: number; readonly run: SizingRun };

/** Reads the command line; throws where it cannot be read. */
export function parseSizing(args: string[]): SizingWish {
  const { values } = parseArgs({ args, options: OPTIONS });
  if (values.help) return { kind: 'help' };
  if (values.write) return { kind: 'write' };
  if (values.measure) return { kind: 'measure' };
  if (values.check) return checkOf(values);
  const profile = PROFILES[profileName(values.profile)];
  const sizes = values.sockets === undefined ? STEPS : [read(values, 'sockets', 0)];
  const loads = sizes.map((sockets): Load => {
    const base = loadOf(profile, sockets);
    const joins = read(values, 'joins', 0);
    return {
      ...base,
      membersPerRoom: read(values, 'members', base.membersPerRoom),
      entriesToAll: read(values, 'to-all', base.entriesToAll),
      entriesToHost: read(values, 'to-host', base.entriesToHost),
      payloadBytes: read(values, 'payload', base.payloadBytes),
      staySeconds: joins > 0 ? sockets / joins : read(values, 'stay', base.staySeconds),
      newcomers: read(values, 'newcomers', base.newcomers),
      hoursPerDay: read(values, 'hours', base.hoursPerDay),
      sessionDays: read(values, 'session-days', base.sessionDays),
      openSeconds: read(values, 'open', base.openSeconds),
      channelKeep: read(values, 'keep', base.channelKeep),
      isTogether: values.together,
    };
  });
  return { kind: 'sizes', name: values.profile, loads };
}

function checkOf(values: Values): SizingWish {
  const members = read(values, 'members', values.quick ? 10 : 20);
  return {
    kind: 'check',
    nodes: read(values, 'nodes', 2),
    run: {
      rooms: Math.ceil(read(values, 'sockets', values.quick ? 100 : 1_000) / members),
      members,
      rate: read(values, 'to-all', 4),
      seconds: read(values, 'seconds', values.quick ? 3 : 24),
      isQuick: values.quick,
    },
  };
}

function profileName(name: string): ProfileName {
  if (Object.hasOwn(PROFILES, name)) return name as ProfileName;
  throw new Error(`--profile wants one of ${Object.keys(PROFILES).join(', ')}, not "${name}".`);
}

function read(values: Values, name: keyof Values, fallback: number): number {
  const text = values[name];
  if (typeof text !== 'string') return fallback;
  const value = Number(text);
  if (text !== '' && value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new Error(`--${name} wants a number of 0 or more, not "${text}".`);
}
