import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import type { Chunk } from './chunk.js';
import { ChunkView } from './chunk-view.js';
import { elementIdOf } from './entry-view.js';
import type { ChannelView } from './history-store.js';
import { useKeptPlace } from './kept-place.js';
import { isShown } from './log-search.js';
import { dayOf } from './moments.js';

/** So far before the beginning of what is loaded the next page is asked for. */
const AHEAD = '1200px';

interface LogViewProps {
  readonly view: ChannelView;
  readonly userId: string | null;
}

/** A channel, the newest at the bottom; older ones come in above while one scrolls up. */
export function LogView({ view, userId }: LogViewProps) {
  const { log, search } = view;
  const chunks = log.chunks.value;
  const types = search.types.value;
  const hits = search.hitsByChunk.value;
  const current = search.current.value;
  const needle = search.needle.value;
  useKeptPlace('.entry', chunks);
  useBottomFirst(chunks.length > 0);
  if (log.isLoaded.value && chunks.length === 0) {
    return <p class="history-empty">{t(`empty.${view.kind}`)}</p>;
  }
  let dayBefore: string | null = null;
  return (
    <>
      <Beginning view={view} />
      {chunks.map((chunk) => {
        const found = hits.get(chunk) ?? [];
        const above: string | null = dayBefore;
        dayBefore = lastDayIn(chunk, types) ?? above;
        return (
          <ChunkView
            key={chunk.id}
            chunk={chunk}
            dayBefore={above}
            types={types}
            needle={found.length > 0 ? needle : ''}
            hits={found.join(' ')}
            current={current !== null && found.includes(current) ? current : null}
            userId={userId}
            questions={view.questions}
          />
        );
      })}
      {log.isLoaded.value && dayBefore === null ? (
        <p class="history-empty">{t('none-shown')}</p>
      ) : null}
    </>
  );
}

/** What stands above the oldest one: that it is the beginning, or how to get what is before it. */
function Beginning({ view: { log, search } }: { readonly view: ChannelView }) {
  const mark = useRef<HTMLParagraphElement>(null);
  const sentinel = useRef<HTMLDivElement>(null);
  const isBusy = log.isBusy.value;
  const fault = log.fault.value;
  const isWhole = log.isWhole.value;
  const isFiltered = search.types.value.size > 0;
  const count = log.count.value;
  // With a filter there may be nothing in view however much is loaded: then it is asked for by hand.
  const isAutomatic = !isWhole && !isFiltered && fault === null && !isBusy && count > 0;
  useEffect(() => {
    const { current } = sentinel;
    if (!isAutomatic || !current) return;
    const observer = new IntersectionObserver(
      (seen) => {
        if (seen.some(({ isIntersecting }) => isIntersecting)) void log.older();
      },
      { rootMargin: `${AHEAD} 0px 0px 0px` },
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [isAutomatic, log]);
  const loadByHand = async () => {
    const next = log.chunks.value[0]?.entries[0];
    const known = log.count.value;
    await log.older();
    if (log.fault.value !== null) return;
    announce(t('older-loaded', { count: log.count.value - known }));
    if (log.isWhole.value) mark.current?.focus({ preventScroll: true });
    // Where one was, and what is new is above it.
    else if (next) document.getElementById(elementIdOf(next.id))?.focus({ preventScroll: true });
  };
  if (isWhole) {
    return (
      <p ref={mark} class="history-mark" tabIndex={-1}>
        {t('beginning')}
      </p>
    );
  }
  return (
    <div ref={sentinel} class="history-older">
      {fault === null ? null : (
        <p class="fault" role="alert">
          {faultText(fault)}
        </p>
      )}
      <button
        type="button"
        class="button"
        aria-disabled={isBusy}
        onClick={isBusy ? undefined : loadByHand}
      >
        {isBusy ? <span class="spinner" aria-hidden="true" /> : null}
        {isBusy ? t('loading') : fault === null ? t('older') : t('retry')}
      </button>
    </div>
  );
}

/** One begins at the newest. */
function useBottomFirst(isThere: boolean): void {
  const isDone = useRef(false);
  useLayoutEffect(() => {
    if (!isThere || isDone.current) return;
    isDone.current = true;
    const toBottom = () =>
      scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' });
    toBottom();
    // Again, once what is in view has its true height.
    const frame = requestAnimationFrame(toBottom);
    return () => cancelAnimationFrame(frame);
  }, [isThere]);
}

function lastDayIn({ entries }: Chunk, types: ReadonlySet<string>): string | null {
  const last = entries.findLast((entry) => isShown(entry, types));
  return last ? dayOf(last.at) : null;
}
