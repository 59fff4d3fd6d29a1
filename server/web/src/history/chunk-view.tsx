import type { Entry } from '@pinroom/client';
import { useMemo, useRef } from 'preact/hooks';
import type { Chunk, Questions } from './chunk.js';
import { entryView } from './entry-view.js';
import { useInTurn } from './in-turn.js';
import { useKeptPlace } from './kept-place.js';
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

/** What of a chunk may change. */
type Look = Pick<ChunkViewProps, 'dayBefore' | 'types' | 'needle' | 'hits' | 'current'>;

/** Drawn again only where something of it has changed, and when its turn comes: there may be hundreds. */
export function ChunkView(props: ChunkViewProps) {
  const { chunk, dayBefore, types, needle, hits, current, userId, questions } = props;
  const place = useRef<HTMLDivElement>(null);
  const wanted = useMemo<Look>(
    () => ({ dayBefore, types, needle, hits, current }),
    [dayBefore, types, needle, hits, current],
  );
  const taken = useInTurn(wanted, place);
  useKeptPlace('.entry', taken);
  const look = isUrgent(wanted, taken) ? wanted : taken;
  const body = useMemo(
    () => <ChunkBody chunk={chunk} look={look} userId={userId} questions={questions} />,
    [chunk, look, userId, questions],
  );
  const count = countShown(chunk, look.types);
  return (
    <div
      ref={place}
      class="chunk"
      style={{ containIntrinsicBlockSize: `auto ${count * ENTRY_REM}rem` }}
      data-chunk={chunk.id}
    >
      {body}
    </div>
  );
}

/** What one has gone to, and a heading that comes or goes with a chunk above, does not wait for its turn. */
function isUrgent(wanted: Look, taken: Look): boolean {
  const isSame = wanted.types === taken.types && wanted.hits === taken.hits;
  return wanted.current !== null || (isSame && wanted.dayBefore !== taken.dayBefore);
}

interface ChunkBodyProps extends Pick<ChunkViewProps, 'chunk' | 'userId' | 'questions'> {
  readonly look: Look;
}

function ChunkBody({ chunk, look, userId, questions }: ChunkBodyProps) {
  const { dayBefore, types, needle, hits, current } = look;
  const found = new Set(hits.split(' '));
  const shown = chunk.entries.filter((entry) => isShown(entry, types));
  return (
    <>
      {daysOf(shown).map(({ day, entries }) => (
        <div key={day} class="day">
          {day === dayBefore ? null : (
            <h2 class="day-name">
              <span>{dayText(entries[0]?.at ?? 0)}</span>
            </h2>
          )}
          <ol class="entries">
            {entries.map((entry) =>
              entryView({
                entry,
                isOwn: entry.from !== null && entry.from.userId === userId,
                needle: found.has(entry.id) ? needle : '',
                isCurrent: entry.id === current,
                questions,
              }),
            )}
          </ol>
        </div>
      ))}
    </>
  );
}

function countShown({ counts, entries }: Chunk, types: ReadonlySet<string>): number {
  if (types.size === 0) return entries.length;
  return [...types].reduce((sum, type) => sum + (counts.get(type) ?? 0), 0);
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
