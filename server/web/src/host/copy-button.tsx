import { useSignal } from '@preact/signals';
import { t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import { copyText } from '../ui/copy-text.js';
import { Icon } from '../ui/icons.js';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied. */
  readonly label: string;
}

const SHOWN_MS = 2_000;

export function CopyButton({ text, label }: CopyButtonProps) {
  const isCopied = useSignal(false);
  const hasFailed = useSignal(false);
  const copy = async () => {
    hasFailed.value = false;
    try {
      await copyText(text);
    } catch {
      hasFailed.value = true;
      return;
    }
    isCopied.value = true;
    announce(t('copied'));
    setTimeout(() => {
      isCopied.value = false;
    }, SHOWN_MS);
  };
  return (
    <>
      <button
        type="button"
        class="button copy-button"
        aria-label={label}
        onClick={() => void copy()}
      >
        <Icon name={isCopied.value ? 'check' : 'copy'} />
        {isCopied.value ? t('copied') : t('copy')}
      </button>
      {hasFailed.value ? (
        <span class="copy-failed" role="alert">
          {t('copy.failed')}
        </span>
      ) : null}
    </>
  );
}
