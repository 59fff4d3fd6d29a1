import { t } from '../i18n/translate.js';
import type { ChannelPast } from './channel-past.js';
import { attempt } from './notices.js';

/** Reads a page of the past, as long as there is one. */
export function OlderButton({ past }: { readonly past: ChannelPast }) {
  if (!past.hasOlder.value) return null;
  return (
    <button
      type="button"
      class="button"
      aria-disabled={past.isLoading.value}
      onClick={() => void attempt(() => past.loadOlder())}
    >
      {past.isLoading.value ? t('loading') : t('older')}
    </button>
  );
}
