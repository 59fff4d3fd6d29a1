import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import type { HistoryStore } from './history-store.js';

/** In place of a history: why there is none. */
export function DeniedNotice() {
  return (
    <Notice title={t('denied-title')} name="denied">
      <p>{t('denied')}</p>
      <p class="quiet">{t('denied-hint')}</p>
      <Ways />
    </Notice>
  );
}

export function DeletedNotice() {
  return (
    <Notice title={t('deleted-title')} name="deleted">
      <p>{t('deleted')}</p>
      <Ways />
    </Notice>
  );
}

export function FailedNotice({ store }: { readonly store: HistoryStore }) {
  useEffect(() => {
    const retry = () => void store.open();
    addEventListener('online', retry);
    return () => removeEventListener('online', retry);
  }, [store]);
  return (
    <Notice title={t('failed-title')} name="failed">
      <p>{faultText(store.fault.value)}</p>
      <div class="row">
        <button type="button" class="button button-main" onClick={() => store.open()}>
          {t('retry')}
        </button>
      </div>
    </Notice>
  );
}

interface NoticeProps {
  readonly title: string;
  readonly name: string;
  readonly children: ComponentChildren;
}

function Notice({ title, name, children }: NoticeProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Pinroom`;
    heading.current?.focus();
  }, [title]);
  return (
    <section class="card notice form welcome" data-notice={name}>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </section>
  );
}

function Ways() {
  return (
    <div class="row">
      <a class="button" href="/">
        {t('to-start')}
      </a>
      <a class="button" href="/host">
        {t('to-host')}
      </a>
    </div>
  );
}
