import { compareEntryIds, type Entry } from '@pinroom/client';
import { currentRound } from '../round/round.js';
import { readCountdown, readQuestion, readText } from '../round/vocabulary.js';

/** One line of what was said in a room. */
export type FeedItem =
  | {
      readonly kind: 'text';
      readonly id: string;
      readonly at: number;
      readonly text: string;
      /** Null: the room's application. */
      readonly author: string | null;
      readonly isOwn: boolean;
      readonly isHost: boolean;
      /** For this member alone. */
      readonly isPrivate: boolean;
    }
  /** An earlier question; `right` is null where no option is, or nobody has said which. */
  | {
      readonly kind: 'question';
      readonly id: string;
      readonly at: number;
      readonly text: string;
      readonly right: string | null;
    }
  | { readonly kind: 'countdown'; readonly id: string; readonly at: number; readonly text: string };

export interface FeedSource {
  /** The channel `room`, ascending. */
  readonly room: readonly Entry[];
  /** The channel that hosts write to this member in, ascending. */
  readonly personal: readonly Entry[];
  readonly userId: string;
  readonly isHost: (from: Entry['from']) => boolean;
  /** Whether an entry was said for the room. */
  readonly isSpoken: (entry: Entry) => boolean;
  /** The question on the stage, which is no story yet. */
  readonly currentId: string | null;
}

/** Lines that are shown. */
const MAX_ITEMS = 200;

/** What was said, ascending; of types that the page does not know it says nothing. */
export function buildFeed(source: FeedSource): FeedItem[] {
  const { room, personal } = source;
  const entries = [...room, ...personal].sort((a, b) => a.at - b.at || compareEntryIds(a.id, b.id));
  const spoken = room.filter(source.isSpoken);
  const rounds = earlierRounds(spoken, source.currentId);
  const items = entries.flatMap((entry) => {
    // An id is one entry's within its channel alone.
    const round = entry.channel === 'room' ? rounds.get(entry.id) : undefined;
    return round ?? readItem(entry, source);
  });
  return items.slice(-MAX_ITEMS);
}

function readItem(entry: Entry, { userId, isHost, isSpoken }: FeedSource): FeedItem[] {
  const { id, at, from } = entry;
  const text = readText(entry)?.text.trim();
  if (text) {
    return [
      {
        kind: 'text',
        id: `${entry.channel} ${id}`,
        at,
        text,
        author: from?.nickname ?? null,
        isOwn: from?.userId === userId,
        isHost: from !== null && isHost(from),
        isPrivate: entry.channel !== 'room',
      },
    ];
  }
  const countdown = isSpoken(entry) ? readCountdown(entry)?.text?.trim() : undefined;
  return countdown ? [{ kind: 'countdown', id, at, text: countdown }] : [];
}

function earlierRounds(room: readonly Entry[], currentId: string | null): Map<string, FeedItem[]> {
  const items = new Map<string, FeedItem[]>();
  let end = room.length;
  for (let index = room.length - 1; index >= 0; index--) {
    const entry = room[index];
    if (!entry || readQuestion(entry) === null) continue;
    const round = entry.id === currentId ? null : currentRound(room.slice(index, end));
    end = index;
    if (!round) continue;
    const { question, result } = round;
    const right = question.options[result?.right ?? -1] ?? null;
    items.set(entry.id, [
      { kind: 'question', id: entry.id, at: entry.at, text: question.text, right },
    ]);
  }
  return items;
}
