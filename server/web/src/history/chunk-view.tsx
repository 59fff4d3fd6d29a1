import type { Entry } from '@pinroom/client';
import { useMemo } from 'preact/hooks';
import type { Chunk } from './chunk.js';
import { EntryView, type Questions } from './entry-view.js';
import { isShown } from './log-search.js';
import { dayOf, dayText } from './moments.js';

/** A guess, for chunks that were never in view: how high an entry is. */
const ENTRY_REM = 5;

interface ChunkViewProps {
  readonly chunk: Chunk;
  /** The day of what stands above; null: nothing does. */
  readonly dayBefore: string | null;
  readonly types: ReadonlySet<string>;
  /** Empty where no entry of the chunk fits, so that it is not drawn again for what is searched. */
  readonly needle: string;
  /** Ids, joined: a text is the same as long as it says the same. */
  readonly hits: string;
  /** Null: it is in another chunk, or there is none. */
  readonly current: string | null;
  readonly userId: string | null;
  readonly questions: Questions;
}

/** Drawn again only where something of it has changed: there may be hundreds. */
export function ChunkView(props: ChunkViewProps) {
  const { chunk, dayBefore, types, needle, hits, current, userId, questions } = props;
  return useMemo(
    () => <ChunkBody {...{ chunk, dayBefore, types, needle, hits, current, userId, questions }} />,
    [chunk, dayBefore, types, needle, hits, current, userId, questions],
  );
}

function ChunkBody(props: ChunkViewProps) {
  const { chunk, dayBefore, types, needle, hits, current, userId, questions } = props;
  const shown = chunk.entries.filter((entry) => isShown(entry, types));
  if (shown.length === 0) return null;
  const found = new Set(hits.split(' '));
  return (
    <div
      class="chunk"
      style={{ containIntrinsicBlockSize: `auto ${shown.length * ENTRY_REM}rem` }}
      data-chunk={chunk.id}
    >
      {daysOf(shown).map(({ day, entries }) => (
        <div key={day} class="day">
          {day === dayBefore ? null : (
            <h2 class="day-name">
              <span>{dayText(entries[0]?.at ?? 0)}</span>
            </h2>
          )}
          <ol class="entries">
            {entries.map((entry) => (
              <EntryView
                key={entry.id}
                entry={entry}
                isOwn={entry.from !== null && entry.from.userId === userId}
                needle={found.has(entry.id) ? needle : ''}
                isCurrent={entry.id === current}
                questions={questions}
              />
            ))}
          </ol>
        </div>
      ))}
    </div>
  );
}

function daysOf(entries: readonly Entry[]): { day: string; entries: Entry[] }[] {
  const days: { day: string; entries: Entry[] }[] = [];
  for (const entry of entries) {
    const day = dayOf(entry.at);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}
