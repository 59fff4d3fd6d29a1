import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import { isReconnecting } from '../room/page-client.js';
import { announce } from './announcer.js';

const SHOWN_MS = 4_000;

/** Says that the connection is lost, and what was missed once it is back. */
export function ConnectionBanner({ missed }: { readonly missed: Signal<number | null> }) {
  const away = isReconnecting.value;
  const count = missed.value;
  const text = away ? t('connection.lost') : count === null ? '' : t('connection.back', { count });
  useEffect(() => {
    if (text !== '') announce(text);
    if (away || count === null) return;
    const timer = setTimeout(() => {
      missed.value = null;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text, away, count, missed]);
  if (text === '') return null;
  return (
    <p
      class={away ? 'banner banner-warn' : 'banner banner-good'}
      data-state={away ? 'lost' : 'back'}
    >
      {away ? <span class="spinner" aria-hidden="true" /> : null}
      {text}
    </p>
  );
}
