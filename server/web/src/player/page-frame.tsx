import type { ComponentChildren } from 'preact';
import { t } from '../i18n/translate.js';
import { LanguageChoice } from '../ui/language-choice.js';
import { Wordmark } from '../ui/wordmark.js';

/** What every view outside of a room stands in. */
export function PageFrame({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="player welcome">
      <header class="player-head">
        <Wordmark />
      </header>
      <main id="content" class="player-main" tabIndex={-1}>
        {children}
      </main>
      <PageFoot />
    </div>
  );
}

/** The language, and the ways to the other pages. */
export function PageFoot() {
  return (
    <footer class="player-foot">
      <LanguageChoice page="player" />
      <nav class="player-links" aria-label={t('foot.pages')}>
        <a href="/host">{t('foot.host')}</a>
        <a href="/about">{t('for-developers')}</a>
      </nav>
    </footer>
  );
}
