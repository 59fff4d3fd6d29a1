import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.js';
import { Icon } from '../ui/icons.js';
import type { Scene } from './scene.js';

const MAX_LENGTH = 500;

/** Writes to everybody. */
export function Composer({ scene }: { readonly scene: Scene }) {
  const [text, setText] = useState('');
  const said = text.trim();
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (said === '') return;
        void scene.outbox.send(said);
        setText('');
      }}
    >
      <label class="unseen" for="message">
        {t('talk.label')}
      </label>
      <input
        id="message"
        type="text"
        dir="auto"
        autocomplete="off"
        enterKeyHint="send"
        maxLength={MAX_LENGTH}
        placeholder={t('talk.label')}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button
        type="submit"
        class="button button-main icon-button"
        aria-label={t('talk.send')}
        aria-disabled={said === ''}
      >
        <span class="icon-turns with-icon">
          <Icon name="send" />
        </span>
      </button>
    </form>
  );
}
