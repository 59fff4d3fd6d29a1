import { LIMITS, PinroomError } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import { Modal } from '../ui/modal.js';
import type { HostRoom } from './host-room.js';

interface RenameDialogProps {
  readonly room: HostRoom;
  readonly onClose: () => void;
}

/** How the host is called in this room. */
export function RenameDialog({ room, onClose }: RenameDialogProps) {
  const name = useSignal(room.store.self.peek().nickname);
  const fault = useSignal<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const save = async () => {
    try {
      await room.handle.rename(name.value.trim());
      form.current?.closest('dialog')?.close();
    } catch (failed) {
      fault.value = faultText(failed);
      if (failed instanceof PinroomError && failed.suggestion) name.value = failed.suggestion;
    }
  };
  return (
    <Modal title={t('name.title')} onClose={onClose}>
      <form
        ref={form}
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <label class="field">
          <span class="field-label">{t('name.label')}</span>
          <input
            type="text"
            dir="auto"
            required
            autocomplete="off"
            maxLength={LIMITS.nicknameLength}
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </label>
        {fault.value === null ? null : (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
        <button type="submit" class="button button-main">
          {t('save')}
        </button>
      </form>
    </Modal>
  );
}
