import { PinroomError } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { t } from '../i18n/translate.js';
import { client } from '../room/page-client.js';
import { announce } from '../ui/announcer.js';
import type { HostRoom } from './host-room.js';
import { lengthText } from './length-text.js';
import { attempt } from './notices.js';
import { OPTION_LENGTH } from './question-draft.js';
import { SendButton } from './send-button.js';

const LENGTHS = [10, 30, 60, 120, 300, 600, 900];

export function CountdownComposer({ room }: { readonly room: HostRoom }) {
  const text = useSignal('');
  const seconds = useSignal(60);
  const isBusy = useSignal(false);
  const send = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    const words = text.value.trim();
    const isSent = await attempt(async () => {
      // It would wait for the connection while it runs down.
      if (room.handle.status !== 'live') throw new PinroomError('offline');
      await room.handle.send('countdown', {
        ...(words === '' ? {} : { text: words }),
        seconds: seconds.value,
        endsAt: client.serverNow() + seconds.value * 1_000,
      });
    });
    if (isSent) {
      text.value = '';
      // The stage shows it.
      announce(t('composer.countdown-sent'));
    }
    isBusy.value = false;
  };
  return (
    <form
      class="form"
      noValidate
      aria-label={t('composer.countdown')}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="field">
        <span class="field-label">{t('composer.countdown-label')}</span>
        <input
          type="text"
          dir="auto"
          autocomplete="off"
          maxLength={OPTION_LENGTH}
          placeholder={t('composer.countdown-example')}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </label>
      <label class="field">
        <span class="field-label">{t('composer.length')}</span>
        <select
          value={seconds.value}
          onChange={(event) => {
            seconds.value = Number(event.currentTarget.value);
          }}
        >
          {LENGTHS.map((length) => (
            <option key={length} value={length}>
              {lengthText(length)}
            </option>
          ))}
        </select>
      </label>
      <SendButton isBusy={isBusy.value} label={t('composer.start')} />
    </form>
  );
}
