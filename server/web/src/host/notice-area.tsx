import { t } from '../i18n/translate.js';
import { Icon } from '../ui/icons.js';
import { dismiss, notices } from './notices.js';

/** What has happened and what has failed, over the page; the announcer says it. */
export function NoticeArea() {
  return (
    <section class="notices" aria-label={t('notices')}>
      {notices.value.map(({ id, isBad, text }) => (
        <p
          key={id}
          class={isBad ? 'notice notice-bad' : 'notice'}
          data-notice={isBad ? 'bad' : 'good'}
        >
          <span>{text}</span>
          <button
            type="button"
            class="button button-plain icon-button"
            aria-label={t('close')}
            onClick={() => dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </p>
      ))}
    </section>
  );
}
