import type { Entry } from '@pinroom/client';

/** A sentence about what the server has noted: the message's key, and what it is filled in with. */
export interface LogLine {
  readonly key: LogKey;
  readonly values: { readonly [name: string]: string | number };
}

/** `{name}` and `{before}` are nicknames: empty where nobody knows any more whose it was. */
const WITH_NAME = {
  left: 'log.left',
  kicked: 'log.kicked',
  banned: 'log.banned',
  muted: 'log.muted',
  unmuted: 'log.unmuted',
} as const;

const AS_ROLE = {
  host: 'log.joined-host',
  player: 'log.joined-player',
  spectator: 'log.joined-spectator',
} as const;

const OF_HOSTS = {
  grant: 'log.host-grant',
  revoke: 'log.host-revoke',
  transfer: 'log.host-transfer',
  key: 'log.host-key',
  inherit: 'log.host-inherit',
} as const;

const PLAIN = {
  created: 'log.created',
  'host-gone': 'log.host-gone',
  'new-pin': 'log.new-pin',
} as const;

const ENDS = { closed: 'log.closed', expired: 'log.expired' } as const;

export type LogKey =
  | (typeof WITH_NAME)[keyof typeof WITH_NAME]
  | (typeof AS_ROLE)[keyof typeof AS_ROLE]
  | (typeof OF_HOSTS)[keyof typeof OF_HOSTS]
  | (typeof PLAIN)[keyof typeof PLAIN]
  | (typeof ENDS)[keyof typeof ENDS]
  | 'log.renamed'
  | 'log.title'
  | 'log.locked'
  | 'log.unlocked'
  | 'log.capacity'
  | 'log.settings';

/** Nothing: the entry is of a kind that this page does not know. */
export function readLogLines({ type, payload }: Entry): readonly LogLine[] {
  const fields = typeof payload === 'object' && payload !== null ? payload : {};
  const { nickname, before, role, action, reason } = fields as { [field: string]: unknown };
  const name = textOf(nickname);
  if (type === 'joined') return line(pick(AS_ROLE, role), { name });
  if (type === 'host') return line(pick(OF_HOSTS, action), { name });
  if (type === 'closed') return line(pick(ENDS, reason));
  if (type === 'renamed') return line('log.renamed', { name, before: textOf(before) });
  if (type === 'updated') return changesOf(fields as { [field: string]: unknown });
  return [...line(pick(WITH_NAME, type), { name }), ...line(pick(PLAIN, type))];
}

function changesOf({ title, locked, capacity, settings }: { [field: string]: unknown }): LogLine[] {
  return [
    ...(typeof title === 'string' ? line('log.title', { title }) : []),
    ...(typeof locked === 'boolean' ? line(locked ? 'log.locked' : 'log.unlocked') : []),
    ...(typeof capacity === 'number' ? line('log.capacity', { count: capacity }) : []),
    ...(settings === undefined ? [] : line('log.settings')),
  ];
}

function line(key: LogKey | null, values: LogLine['values'] = {}): LogLine[] {
  return key === null ? [] : [{ key, values }];
}

function pick<T extends { readonly [name: string]: LogKey }>(
  keys: T,
  name: unknown,
): T[keyof T] | null {
  return typeof name === 'string' && Object.hasOwn(keys, name)
    ? (keys[name as keyof T] ?? null)
    : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
