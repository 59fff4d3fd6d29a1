import { useEffect } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import type { Visit } from './visit.js';

/** Says that the server does not answer, and that it is being asked again. */
export function Trouble({ visit }: { readonly visit: Visit }) {
  const trouble = visit.attempts.trouble.value;
  const isAway = trouble?.code === 'offline' || trouble?.code === 'timeout';
  const text = trouble === null ? '' : isAway ? t('trouble.out-of-reach') : faultText(trouble);
  useEffect(() => {
    if (text !== '') announce(text);
  }, [text]);
  if (text === '') return null;
  return (
    <div class="trouble" data-state="trouble">
      <p>{text}</p>
      <button type="button" class="button" onClick={() => visit.retryNow()}>
        {t('trouble.now')}
      </button>
    </div>
  );
}

/** What went wrong with the last step. */
export function FaultLine({ id, text }: { readonly id: string; readonly text: string }) {
  if (text === '') return null;
  return (
    <p class="fault" id={id} role="alert">
      {text}
    </p>
  );
}
