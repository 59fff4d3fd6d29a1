import type { Entry } from '@pinroom/client';

/** A message of the page, and what it speaks of. */
export interface Sentence {
  readonly key: string;
  readonly values: { readonly [name: string]: string | number };
}

/** What the sentences need to know of the page. */
export interface LogWords {
  /** How a user is called; null: nobody knows. */
  readonly nameOf: (userId: string) => string | null;
  readonly somebody: string;
  readonly application: string;
}

/** The sentences for one entry of the channel `log`; an entry of a type that is not known says its type. */
export function logSentences(entry: Entry, words: LogWords): Sentence[] {
  const fields = (entry.payload ?? {}) as { readonly [field: string]: unknown };
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const nickname = text(fields.nickname) || words.nameOf(text(fields.userId)) || words.somebody;
  const by =
    typeof fields.by === 'string' ? (words.nameOf(fields.by) ?? words.somebody) : words.application;
  const one = (key: string, values: Sentence['values'] = {}): Sentence[] => [
    { key: `log.${key}`, values },
  ];
  switch (entry.type) {
    case 'created':
    case 'host-gone':
      return one(entry.type);
    case 'joined':
      return one('joined', { nickname, role: text(fields.role) });
    case 'left':
      return one('left', { nickname });
    case 'kicked':
    case 'banned':
    case 'muted':
    case 'unmuted':
      return one(entry.type, { nickname, by });
    case 'renamed':
      return one('renamed', { nickname, before: text(fields.before) || words.somebody });
    case 'host':
      return one('host', { nickname, by, action: text(fields.action) });
    case 'new-pin':
      return one('new-pin', { by });
    case 'closed':
      return fields.reason === 'expired' ? one('expired') : one('closed', { by });
    case 'updated':
      return updates(fields, by);
    default:
      return one('other', { type: entry.type });
  }
}

function updates(fields: { readonly [field: string]: unknown }, by: string): Sentence[] {
  const sentences: Sentence[] = [];
  const { title, locked, capacity, settings } = fields;
  if (typeof title === 'string') {
    sentences.push({ key: title === '' ? 'log.no-title' : 'log.title', values: { by, title } });
  }
  if (typeof locked === 'boolean') {
    sentences.push({ key: locked ? 'log.locked' : 'log.unlocked', values: { by } });
  }
  if (typeof capacity === 'number')
    sentences.push({ key: 'log.capacity', values: { by, capacity } });
  if (settings !== undefined || sentences.length === 0) {
    sentences.push({ key: 'log.settings', values: { by } });
  }
  return sentences;
}

/** How everybody is called whom the log names, the newest name of each. */
export function namesIn(entries: readonly Entry[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { payload } of entries) {
    const { userId, nickname } = (payload ?? {}) as { userId?: unknown; nickname?: unknown };
    if (typeof userId === 'string' && typeof nickname === 'string') names.set(userId, nickname);
  }
  return names;
}
