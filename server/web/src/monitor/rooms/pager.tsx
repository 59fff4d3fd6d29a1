import { formatNumber, t } from '../../i18n/translate.js';
import type { Pages } from './pages.js';

interface PagerProps {
  readonly label: string;
  readonly pages: Pages;
  readonly hasNext: boolean;
  readonly onNext: () => void;
  readonly onBack: () => void;
}

/** Forward and back; nothing where there is one page only. The buttons stay, so that the focus does. */
export function Pager({ label, pages, hasNext, onNext, onBack }: PagerProps) {
  const isFirst = pages.number.value === 1;
  if (isFirst && !hasNext) return null;
  return (
    <nav class="row" aria-label={label}>
      <button
        type="button"
        class="button"
        aria-disabled={isFirst}
        onClick={isFirst ? undefined : onBack}
      >
        {t('page.back')}
      </button>
      <span aria-live="polite">
        {t('page.number', { number: formatNumber(pages.number.value) })}
      </span>
      <button
        type="button"
        class="button"
        aria-disabled={!hasNext}
        onClick={hasNext ? onNext : undefined}
      >
        {t('page.next')}
      </button>
    </nav>
  );
}
