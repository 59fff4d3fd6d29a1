import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import { Modal } from '../ui/modal.js';
import type { HostRoom } from './host-room.js';
import { notice } from './notices.js';
import { RoomFields, TitleField } from './room-fields.js';
import { changeOf, faultOf, type RoomFormValues, valuesOf } from './room-form-values.js';

interface SettingsDialogProps {
  readonly room: HostRoom;
  readonly onClose: () => void;
}

export function SettingsDialog({ room, onClose }: SettingsDialogProps) {
  // As it was when the dialog was opened: what others change meanwhile stays as they want it.
  const before = useMemo(() => valuesOf(room.store.room.peek()), [room]);
  const values = useSignal<RoomFormValues>(before);
  const fault = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const change = (part: Partial<RoomFormValues>) => {
    values.value = { ...values.value, ...part };
  };
  const save = async () => {
    if (isBusy.value) return;
    const wrong = faultOf(values.value, before);
    fault.value = wrong === null ? null : t(`form.fault.${wrong}`);
    if (wrong !== null) return;
    isBusy.value = true;
    try {
      const changes = changeOf(values.value, before);
      if (Object.keys(changes).length > 0) await room.handle.update(changes);
      form.current?.closest('dialog')?.close();
      notice(t('settings.saved'));
    } catch (failed) {
      fault.value = faultText(failed);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <Modal title={t('settings')} onClose={onClose}>
      <form
        ref={form}
        class="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TitleField values={values.value} onChange={change} />
        <RoomFields values={values.value} onChange={change} before={before} />
        {fault.value === null ? null : (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
        <button type="submit" class="button button-main" aria-disabled={isBusy.value}>
          {t('save')}
        </button>
      </form>
    </Modal>
  );
}
