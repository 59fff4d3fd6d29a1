import {
  LIMITS,
  SYSTEM_EVENT_TYPES,
  type SystemEntry,
  type SystemEventType,
} from '@pinroom/client/contract';
import { type Call, type Command, STATUS, UsageError } from './command.js';
import { OPERATOR_DETAILS, OPERATOR_OPTIONS, operatorOf, whatIsWrong } from './operator.js';

const NEWEST = 10;
/** A value that needs no quotes. */
const PLAIN = /^[\w.:/-]+$/;

export const tail: Command = {
  summary: 'Shows the log of the system, and what is written to it from now on.',
  options: {
    lines: {
      type: 'string',
      short: 'n',
      value: '<count>',
      meaning: `How many of the newest entries come first; ${NEWEST} unless told, 0 for none.`,
    },
    type: { type: 'string', value: '<type>', meaning: 'Only entries of this type.' },
    'no-follow': { type: 'boolean', meaning: 'Ends after the newest entries.' },
    ...OPERATOR_OPTIONS,
  },
  details: `${OPERATOR_DETAILS}
It goes on until Ctrl+C, and comes back by itself where the connection is lost, which it says on
standard error; nothing is missing then.
Types: ${SYSTEM_EVENT_TYPES.slice(0, 5).join(', ')},
${SYSTEM_EVENT_TYPES.slice(5).join(', ')}.
What they mean, and what to do, is in docs/operations.md.`,
  async run(call, around) {
    const limit = limitOf(call);
    const type = typeOf(call);
    const operator = operatorOf(call, around);
    const tell = (entry: SystemEntry) =>
      around.out(call.flag('json') ? JSON.stringify(entry) : lineOf(entry));
    // Asked in any case: a wrong token or address is told at once, not waited out.
    const newest = await operator.log({ limit: Math.max(limit, 1), ...(type ? { type } : {}) });
    const signal = call.flag('no-follow') ? null : around.interrupted();
    if (limit > 0) newest.entries.forEach(tell);
    if (signal === null) return STATUS.ok;
    const last = newest.entries.at(-1)?.id;
    const from = { ...(last ? { after: last } : {}), ...(type ? { type } : {}) };
    const following = operator.followLog({
      ...from,
      signal,
      onLost: (why) => around.err(`pinroom tail: lost, trying again: ${whatIsWrong(why)}`),
      onBack: () => around.err('pinroom tail: a node answers again.'),
    });
    for await (const entry of following) tell(entry);
    return STATUS.ok;
  },
};

function limitOf(call: Call): number {
  const text = call.text('lines') ?? `${NEWEST}`;
  const limit = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(limit <= LIMITS.pageLimit)) {
    throw new UsageError(`--lines must be a whole number from 0 to ${LIMITS.pageLimit}`);
  }
  return limit;
}

function typeOf(call: Call): SystemEventType | undefined {
  const text = call.text('type');
  const type = SYSTEM_EVENT_TYPES.find((known) => known === text);
  if (text !== undefined && type === undefined) {
    throw new UsageError(`--type must be one of ${SYSTEM_EVENT_TYPES.join(', ')}`);
  }
  return type;
}

function lineOf({ at, level, nodeId, payload, type }: SystemEntry): string {
  const fields = Object.entries({ ...payload, node: nodeId }).map(([name, value]) => {
    const isPlain = typeof value === 'string' && PLAIN.test(value);
    return `${name}=${isPlain ? value : JSON.stringify(value)}`;
  });
  return [new Date(at).toISOString(), level.padEnd(5), type.padEnd(13), ...fields].join(' ');
}
