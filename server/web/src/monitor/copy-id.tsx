import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import { copyText } from '../ui/copy-text.js';
import { Icon } from '../ui/icons.js';
import { shortId } from './words.js';

const SHOWN_MS = 2_000;

/** An id by its end, and a button that copies all of it. */
export function CopyId({ id, name }: { readonly id: string; readonly name: string }) {
  const state = useSignal<'short' | 'copied' | 'whole'>('short');
  const isCopied = state.value === 'copied';
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => {
      state.value = 'short';
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied, state]);
  const copy = async () => {
    try {
      await copyText(id);
      state.value = 'copied';
      announce(t('copied'));
    } catch {
      // Then it can be selected.
      state.value = 'whole';
      announce(t('copy-failed', { id }), { urgent: true });
    }
  };
  return (
    <span class="copy-id">
      <code title={id}>{state.value === 'whole' ? id : shortId(id)}</code>
      <button
        type="button"
        class="button button-plain icon-button"
        aria-label={t('copy-id', { name })}
        title={t('copy-id', { name })}
        onClick={() => void copy()}
      >
        <Icon name={isCopied ? 'check' : 'copy'} />
      </button>
    </span>
  );
}
