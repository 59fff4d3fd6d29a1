import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import { announce } from '../ui/announcer.js';
import type { HostRoom } from './host-room.js';
import { attempt } from './notices.js';
import { TEXT_LENGTH } from './question-draft.js';
import { SendButton } from './send-button.js';
import { recall, remember } from './tab-memory.js';

export function TextComposer({ room }: { readonly room: HostRoom }) {
  const name = `text:${room.handle.id}`;
  const kept = recall(name);
  const text = useSignal(typeof kept === 'string' ? kept : '');
  useEffect(() => text.subscribe((words) => remember(name, words)), [text, name]);
  const isMissing = useSignal(false);
  const isBusy = useSignal(false);
  const send = async () => {
    const words = text.value.trim();
    isMissing.value = words === '';
    if (isBusy.value || words === '') return;
    isBusy.value = true;
    const isSent = await attempt(() => room.handle.send('text', { text: words }));
    if (isSent) {
      text.value = '';
      // The stage shows it.
      announce(t('composer.text-sent'));
    }
    isBusy.value = false;
  };
  return (
    <form
      class="form"
      noValidate
      aria-label={t('composer.text')}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="field">
        <span class="field-label">{t('composer.text-label')}</span>
        <textarea
          rows={5}
          dir="auto"
          maxLength={TEXT_LENGTH}
          value={text.value}
          aria-invalid={isMissing.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            isMissing.value = false;
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              void send();
            }
          }}
        />
        <span class="field-hint">{t('composer.text-hint')}</span>
      </label>
      {isMissing.value ? (
        <p class="fault" role="alert">
          {t('composer.fault.no-words')}
        </p>
      ) : null}
      <SendButton isBusy={isBusy.value} label={t('composer.send')} />
    </form>
  );
}
