import { compareEntryIds, type Entry, follows, mayRead } from '@pinroom/client/contract';

/** A message that a client has sent. */
export interface SentMessage {
  readonly roomId: string;
  readonly channel: string;
  readonly key: string;
  /** The receipt's id; null: it was never acknowledged, so it may be there or not. */
  readonly id: string | null;
}

/** One channel as one client saw it, in the order in which it saw it. */
export interface SeenChannel {
  readonly roomId: string;
  readonly channel: string;
  readonly entries: readonly Entry[];
  /** False: the client left early; what came later need not be there. */
  readonly untilEnd: boolean;
}

export interface ClientRecord {
  readonly name: string;
  readonly userId: string;
  /** Rooms in which the client is a host. */
  readonly hosts?: readonly string[];
  readonly sent: readonly SentMessage[];
  readonly seen: readonly SeenChannel[];
}

/** Everything that a channel holds in the end, oldest first, as the server reads it back. */
export interface KeptChannel {
  readonly roomId: string;
  readonly channel: string;
  readonly entries: readonly Entry[];
}

export type FaultKind =
  /** Entries between two that a client saw, or up to the end, did not reach it. */
  | 'gap'
  /** A client saw an entry twice. */
  | 'repeat'
  /** A client saw a newer entry before an older one. */
  | 'order'
  /** Under one id a client saw something else than what is kept. */
  | 'content'
  /** A message was acknowledged and is not kept. */
  | 'missing'
  /** A message was kept twice. */
  | 'duplicate'
  /** A client saw an entry that is not kept. */
  | 'phantom'
  /** A client saw an entry of another room, another channel, or of a channel that is another user's. */
  | 'leak'
  /** What is kept does not follow on itself. */
  | 'hole';

export interface Fault {
  readonly kind: FaultKind;
  readonly roomId: string;
  readonly channel: string;
  /** Whose view it is; null: the kept entries themselves. */
  readonly client: string | null;
  /** The entry where it shows; null: a message that has none. */
  readonly id: string | null;
  /** For people. */
  readonly detail: string;
}

/** Compares what every client sent and saw with what is kept. An empty list: everything is right. */
export function checkDelivery(
  clients: readonly ClientRecord[],
  kept: readonly KeptChannel[],
): Fault[] {
  const channels = new Map(kept.map((channel) => [nameOf(channel), index(channel)]));
  return [
    ...kept.flatMap(checkKept),
    ...clients.flatMap((client) => [
      ...client.seen.flatMap((seen) => checkSeen(client, seen, channels.get(nameOf(seen)))),
      ...client.sent.flatMap((sent) => checkSent(client, sent, channels.get(nameOf(sent)))),
    ]),
  ];
}

interface IndexedChannel {
  readonly entries: readonly Entry[];
  readonly byId: ReadonlyMap<string, { readonly entry: Entry; readonly place: number }>;
  readonly byKey: ReadonlyMap<string, readonly Entry[]>;
}

function index({ entries }: KeptChannel): IndexedChannel {
  const byKey = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.key === undefined) continue;
    const author = keyOf(entry.from?.userId ?? '', entry.key);
    byKey.set(author, [...(byKey.get(author) ?? []), entry]);
  }
  return {
    entries,
    byId: new Map(entries.map((entry, place) => [entry.id, { entry, place }])),
    byKey,
  };
}

function checkKept({ roomId, channel, entries }: KeptChannel): Fault[] {
  return entries.flatMap((entry, place) => {
    const before = entries[place - 1]?.id ?? null;
    if (follows(before, entry)) return [];
    const detail = `${entry.id} does not follow ${before ?? 'the beginning'}`;
    return [{ kind: 'hole' as const, roomId, channel, client: null, id: entry.id, detail }];
  });
}

function checkSeen(
  client: ClientRecord,
  seen: SeenChannel,
  kept: IndexedChannel = { entries: [], byId: new Map(), byKey: new Map() },
): Fault[] {
  const { roomId, channel } = seen;
  const faults: Fault[] = [];
  const report = (kind: FaultKind, id: string, detail: string) => {
    faults.push({ kind, roomId, channel, client: client.name, id, detail });
  };
  const role = client.hosts?.includes(roomId) ? 'host' : 'player';
  const isAllowed = mayRead(channel, role, client.userId);
  const known = new Set(seen.entries.map(({ id }) => id));
  const before = new Set<string>();
  let newest: string | null = null;
  /** Where in the kept entries the next one is expected; null: nothing was seen yet. */
  let expected: number | null = null;
  for (const entry of seen.entries) {
    const { id } = entry;
    if (!isAllowed || entry.roomId !== roomId || entry.channel !== channel) {
      report('leak', id, `an entry of room ${entry.roomId}, channel ${entry.channel}`);
      continue;
    }
    if (before.has(id)) {
      report('repeat', id, 'seen before');
      continue;
    }
    before.add(id);
    const original = kept.byId.get(id);
    if (!original) {
      report('phantom', id, 'seen, and not kept');
      continue;
    }
    if (contentOf(entry) !== contentOf(original.entry)) {
      report('content', id, `saw ${contentOf(entry)}, kept is ${contentOf(original.entry)}`);
    }
    if (newest !== null && compareEntryIds(id, newest) < 0) {
      report('order', id, `seen after ${newest}`);
      continue;
    }
    newest = id;
    expected = reportGap(report, kept, known, expected ?? original.place, original.place);
  }
  if (seen.untilEnd && isAllowed) {
    reportGap(report, kept, known, expected ?? 0, kept.entries.length);
  }
  return faults;
}

/** Reports the kept entries in [from, to) that were not seen at all; gives the place after `to`. */
function reportGap(
  report: (kind: FaultKind, id: string, detail: string) => void,
  kept: IndexedChannel,
  known: ReadonlySet<string>,
  from: number,
  to: number,
): number {
  const missing = kept.entries.slice(from, to).filter(({ id }) => !known.has(id));
  const first = missing[0];
  if (first) report('gap', first.id, `${missing.length} not seen from ${first.id} on`);
  return Math.max(from, to + 1);
}

function checkSent(
  client: ClientRecord,
  { roomId, channel, key, id }: SentMessage,
  kept: IndexedChannel | undefined,
): Fault[] {
  const place = { roomId, channel, client: client.name };
  const entries = kept?.byKey.get(keyOf(client.userId, key)) ?? [];
  const faults: Fault[] = [];
  if (entries.length > 1) {
    const ids = entries.map((entry) => entry.id).join(', ');
    faults.push({
      kind: 'duplicate',
      ...place,
      id: entries[1]?.id ?? null,
      detail: `kept as ${ids}`,
    });
  }
  if (id !== null && !entries.some((entry) => entry.id === id)) {
    const detail = `acknowledged as ${id}, and not kept under its key ${key}`;
    faults.push({ kind: 'missing', ...place, id, detail });
  }
  return faults;
}

/** What must be the same wherever the entry is seen. */
function contentOf({ type, from, payload, at }: Entry): string {
  return JSON.stringify([type, from?.userId ?? null, sorted(payload), at]);
}

/** The same value with the same text, whatever the order of its fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return fields.map(([name, inner]) => [name, sorted(inner)]);
}

function nameOf({ roomId, channel }: { roomId: string; channel: string }): string {
  return `${roomId}/${channel}`;
}

function keyOf(userId: string, key: string): string {
  return `${userId}/${key}`;
}
