import { LIMITS, PinroomError } from '@pinroom/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { isolate } from '../i18n/isolate.js';
import { t } from '../i18n/translate.js';
import type { RoomStore } from '../room/room-store.js';
import { announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';
import { Modal } from '../ui/modal.js';
import { FaultLine } from './trouble.js';

interface RoomMenuProps {
  readonly store: RoomStore;
}

/** One's own name, and the way out. */
export function RoomMenu({ store }: RoomMenuProps) {
  const [shown, setShown] = useState<'menu' | 'leave' | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const wasShown = useRef(false);
  const close = () => setShown(null);
  useEffect(() => {
    // Only now is the page behind the dialog there for the focus again.
    if (shown === null && wasShown.current) button.current?.focus();
    wasShown.current = shown !== null;
  }, [shown]);
  return (
    <>
      <button
        ref={button}
        type="button"
        class="button icon-button"
        aria-label={t('menu.open')}
        aria-haspopup="dialog"
        onClick={() => setShown('menu')}
      >
        <Icon name="more" />
      </button>
      {shown === 'menu' ? (
        <Modal title={t('menu.title')} onClose={close}>
          <div class="form">
            <RenameForm store={store} onDone={close} />
            <button
              type="button"
              class="button button-bad button-wide"
              onClick={() => setShown('leave')}
            >
              <span class="icon-turns with-icon">
                <Icon name="leave" />
              </span>
              {t('leave.open')}
            </button>
          </div>
        </Modal>
      ) : null}
      {shown === 'leave' ? (
        <Modal key="leave" title={t('leave.title')} onClose={close}>
          <div class="form">
            <p>{t('leave.text')}</p>
            <button
              type="button"
              class="button button-bad button-wide"
              data-action="leave"
              onClick={() => void store.handle.leave()}
            >
              {t('leave.yes')}
            </button>
            <button type="button" class="button button-main button-wide" onClick={close}>
              {t('leave.no')}
            </button>
          </div>
        </Modal>
      ) : null}
    </>
  );
}

interface RenameFormProps extends RoomMenuProps {
  readonly onDone: () => void;
}

function RenameForm({ store, onDone }: RenameFormProps) {
  const self = store.self.value;
  const [name, setName] = useState(self.nickname);
  const [fault, setFault] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const rename = async (wanted: string) => {
    const nickname = wanted.trim();
    if (isBusy || nickname === '') return;
    if (nickname === self.nickname) return onDone();
    setBusy(true);
    setFault(null);
    try {
      const { nickname: now } = await store.handle.rename(nickname);
      announce(t('menu.renamed', { name: now }));
      onDone();
    } catch (thrown) {
      setFault(thrown);
    }
    setBusy(false);
  };
  const suggestion = fault instanceof PinroomError ? fault.suggestion : undefined;
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void rename(name);
      }}
    >
      <div class="field">
        <label class="field-label" for="own-name">
          {t('name.label')}
        </label>
        <input
          id="own-name"
          type="text"
          dir="auto"
          autocomplete="nickname"
          maxLength={LIMITS.nicknameLength}
          value={name}
          disabled={self.muted}
          aria-invalid={fault !== null}
          aria-describedby="own-name-fault"
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <FaultLine id="own-name-fault" text={fault === null ? '' : faultText(fault)} />
        {suggestion === undefined ? null : (
          <button
            type="button"
            class="button suggestion"
            data-action="suggestion"
            onClick={() => void rename(suggestion)}
          >
            <span class="whole-text">{t('name.suggestion', { name: isolate(suggestion) })}</span>
          </button>
        )}
      </div>
      <button
        type="submit"
        class="button button-wide"
        disabled={self.muted}
        aria-disabled={isBusy || self.muted}
      >
        {t('menu.rename')}
      </button>
    </form>
  );
}
