import { t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';
import { shortId } from './words.js';

/** An id by its end, and a button that copies all of it. */
export function CopyId({ id, name }: { readonly id: string; readonly name: string }) {
  const copy = () => {
    copyText(id).then(
      () => announce(t('copied')),
      () => announce(t('copy-failed', { id }), { urgent: true }),
    );
  };
  return (
    <span class="copy-id">
      <code title={id}>{shortId(id)}</code>
      <button
        type="button"
        class="button button-plain icon-button"
        aria-label={t('copy-id', { name })}
        title={t('copy-id', { name })}
        onClick={copy}
      >
        <Icon name="copy" />
      </button>
    </span>
  );
}

/** Without TLS a browser has no clipboard for pages. */
async function copyText(text: string): Promise<void> {
  if (!navigator.clipboard) throw new Error('There is no clipboard here.');
  await navigator.clipboard.writeText(text);
}
