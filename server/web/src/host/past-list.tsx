import type { Entry } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { t } from '../i18n/translate.js';
import type { ChannelPast } from './channel-past.js';
import { attempt } from './notices.js';

interface PastListProps {
  readonly past: ChannelPast;
  /** A line of the list. */
  readonly line: (entry: Entry) => ComponentChildren;
}

/** Lines at once: while hundreds come in, the whole list is drawn again with each of them. */
const STEP = 100;

/** What a channel holds, the newest first, and further back as far as one wants. */
export function PastList({ past, line }: PastListProps) {
  const limit = useSignal(STEP);
  const entries = past.entries.value;
  const isMore = entries.length > limit.value || past.hasOlder.value;
  const showMore = async () => {
    if (entries.length <= limit.value) await past.loadOlder();
    limit.value += STEP;
  };
  return (
    <>
      <ol class="feed">{entries.slice(-limit.value).toReversed().map(line)}</ol>
      {isMore ? (
        <button
          type="button"
          class="button"
          aria-disabled={past.isLoading.value}
          onClick={() => void attempt(showMore)}
        >
          {past.isLoading.value ? t('loading') : t('older')}
        </button>
      ) : null}
    </>
  );
}
