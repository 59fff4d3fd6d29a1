import {
  compareEntryIds,
  type Entry,
  follows,
  mayRead,
  parseEntryId,
} from '@pinroom/client/contract';
import type {
  ClientRecord,
  Fault,
  FaultKind,
  KeptChannel,
  SeenChannel,
  SeenReset,
  SentMessage,
} from './delivery-record.js';

/** Compares what every client sent and saw with what is kept. An empty list: everything is right. */
export function checkDelivery(
  clients: readonly ClientRecord[],
  kept: readonly KeptChannel[],
): Fault[] {
  const channels = new Map(kept.map((channel) => [nameOf(channel), index(channel)]));
  const contents = new Contents(kept);
  return [
    ...kept.flatMap(checkKept),
    ...clients.flatMap((client) => [
      ...client.seen.flatMap((seen) =>
        checkSeen(client, seen, channels.get(nameOf(seen)), contents),
      ),
      ...client.sent.flatMap((sent) => checkSent(client, sent, channels.get(nameOf(sent)))),
    ]),
  ];
}

interface IndexedChannel {
  readonly entries: readonly Entry[];
  readonly byId: ReadonlyMap<string, number>;
  readonly byKey: ReadonlyMap<string, readonly Entry[]>;
}

type Report = (kind: FaultKind, id: string, detail: string, entries?: number) => void;

function index(channel: KeptChannel): IndexedChannel {
  const entries = survivors(channel.entries);
  const byKey = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.key === undefined) continue;
    const author = keyOf(entry.from?.userId ?? '', entry.key);
    const others = byKey.get(author);
    if (others) others.push(entry);
    else byKey.set(author, [entry]);
  }
  return { entries, byId: new Map(entries.map(({ id }, place) => [id, place])), byKey };
}

/** Without what a later epoch has voided: its first entry names the last one that counts. */
function survivors(entries: readonly Entry[]): Entry[] {
  const standing: Entry[] = [];
  for (const entry of entries) {
    if (parseEntryId(entry.id)?.seq === 0) dropAbove(standing, entry.after ?? null);
    standing.push(entry);
  }
  return standing;
}

/** Takes the entries above an id (null: all) off the end of a list, and answers them. */
function dropAbove(entries: Entry[], after: string | null): Entry[] {
  let end = entries.length;
  while (end > 0 && (after === null || compareEntryIds(entries[end - 1]?.id ?? '', after) > 0)) {
    end--;
  }
  return entries.splice(end);
}

function checkKept({ roomId, channel, entries }: KeptChannel): Fault[] {
  const standing = survivors(entries);
  return standing.flatMap((entry, place) => {
    const before = standing[place - 1]?.id ?? null;
    if (follows(before, entry)) return [];
    const detail = `${entry.id} does not follow ${before ?? 'the beginning'}`;
    return [{ kind: 'hole' as const, roomId, channel, client: null, id: entry.id, detail }];
  });
}

function checkSeen(
  client: ClientRecord,
  seen: SeenChannel,
  kept: IndexedChannel = { entries: [], byId: new Map(), byKey: new Map() },
  contents: Contents,
): Fault[] {
  const { roomId, channel } = seen;
  const faults: Fault[] = [];
  const report: Report = (kind, id, detail, entries = 1) => {
    faults.push({ kind, roomId, channel, client: client.name, id, entries, detail });
  };
  const role = client.hosts?.includes(roomId) ? 'host' : 'player';
  if (!mayRead(channel, role, client.userId)) {
    for (const { id } of seen.entries) report('leak', id, `of channel ${channel}, not to be read`);
    return faults;
  }
  for (const entry of seen.entries) {
    const other = contents.differing(seen, entry);
    if (other !== null) {
      report('content', entry.id, `saw ${contentOf(entry)}, elsewhere it is ${other}`);
    }
  }
  checkOrder(seen, kept, report);
  return faults;
}

/** Order, repetitions, gaps and phantoms in what is left of a channel after all it was told to forget. */
function checkOrder(seen: SeenChannel, kept: IndexedChannel, report: Report): void {
  const { roomId, channel } = seen;
  const view: Entry[] = [];
  const known = new Set<string>();
  const resets: SeenReset[] = [...(seen.resets ?? [])];
  const forget = (seenSoFar: number) => {
    while (resets[0] && resets[0].index <= seenSoFar) {
      const { after } = resets.shift() as SeenReset;
      for (const { id } of dropAbove(view, after)) known.delete(id);
    }
  };
  for (const [place, entry] of seen.entries.entries()) {
    forget(place);
    const newest = view.at(-1)?.id;
    if (entry.roomId !== roomId || entry.channel !== channel) {
      report('leak', entry.id, `an entry of room ${entry.roomId}, channel ${entry.channel}`);
    } else if (known.has(entry.id)) {
      report('repeat', entry.id, 'seen before');
    } else if (newest !== undefined && compareEntryIds(entry.id, newest) < 0) {
      known.add(entry.id);
      report('order', entry.id, `seen after ${newest}`);
    } else {
      known.add(entry.id);
      view.push(entry);
    }
  }
  forget(seen.entries.length);
  /** Where in the kept entries the next one is expected; null: nothing was seen yet. */
  let expected: number | null = null;
  for (const { id } of view) {
    const place = kept.byId.get(id);
    if (place === undefined) report('phantom', id, 'seen, and not kept');
    else expected = reportGap(report, kept, known, expected ?? place, place);
  }
  if (seen.untilEnd) reportGap(report, kept, known, expected ?? 0, kept.entries.length);
}

/** Reports the kept entries in [from, to) that were not seen at all; gives the place after `to`. */
function reportGap(
  report: Report,
  kept: IndexedChannel,
  known: ReadonlySet<string>,
  from: number,
  to: number,
): number {
  let first: string | null = null;
  let count = 0;
  for (let place = from; place < to; place++) {
    const id = kept.entries[place]?.id ?? '';
    if (known.has(id)) continue;
    first ??= id;
    count++;
  }
  if (first !== null) report('gap', first, `${count} not seen from ${first} on`, count);
  return Math.max(from, to + 1);
}

function checkSent(
  client: ClientRecord,
  { roomId, channel, key, id, unsure = false }: SentMessage,
  kept: IndexedChannel | undefined,
): Fault[] {
  const place = { roomId, channel, client: client.name };
  const entries = kept?.byKey.get(keyOf(client.userId, key)) ?? [];
  const faults: Fault[] = [];
  if (entries.length > 1) {
    const ids = entries.map((entry) => entry.id).join(', ');
    const second = entries[1]?.id ?? null;
    faults.push({ kind: 'duplicate', ...place, id: second, detail: `kept as ${ids}` });
  }
  if (id !== null && !unsure && !entries.some((entry) => isOrReplaces(entry.id, id))) {
    const detail = `acknowledged as ${id}, and not kept under its key ${key}`;
    faults.push({ kind: 'missing', ...place, id, detail });
  }
  return faults;
}

/** Whether an entry is the acknowledged one, or was sent again after that one was lost. */
function isOrReplaces(id: string, acknowledged: string): boolean {
  const [epoch, lost] = [parseEntryId(id)?.epoch ?? 0, parseEntryId(acknowledged)?.epoch ?? 0];
  return id === acknowledged || epoch > lost;
}

/** What every id stands for, whoever tells of it first: lost entries too must never share theirs. */
class Contents {
  readonly #byId = new Map<string, Map<string, Entry>>();
  readonly #texts = new WeakMap<Entry, string>();

  constructor(kept: readonly KeptChannel[]) {
    for (const channel of kept) {
      const byId = this.#of(channel);
      for (const entry of channel.entries) byId.set(entry.id, entry);
    }
  }

  /** The content that the entry's id had elsewhere, where it was another one. */
  differing(channel: { roomId: string; channel: string }, entry: Entry): string | null {
    if (entry.roomId !== channel.roomId || entry.channel !== channel.channel) return null;
    const byId = this.#of(channel);
    const first = byId.get(entry.id);
    if (!first) {
      byId.set(entry.id, entry);
      return null;
    }
    if (first === entry) return null;
    const text = this.#text(first);
    return text === this.#text(entry) ? null : text;
  }

  #of(channel: { roomId: string; channel: string }): Map<string, Entry> {
    const name = nameOf(channel);
    const known = this.#byId.get(name) ?? new Map<string, Entry>();
    this.#byId.set(name, known);
    return known;
  }

  #text(entry: Entry): string {
    const text = this.#texts.get(entry) ?? contentOf(entry);
    this.#texts.set(entry, text);
    return text;
  }
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
