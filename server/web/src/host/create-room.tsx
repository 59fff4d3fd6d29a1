import { useSignal } from '@preact/signals';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import { client } from '../room/page-client.js';
import { announce } from '../ui/announcer.js';
import { enterCreated } from './host-session.js';
import { RoomFields, TitleField } from './room-fields.js';
import { changeOf, faultOf, NEW_ROOM, type RoomFormValues } from './room-form-values.js';

/** A room with good defaults; what they are is folded away. */
export function CreateRoom() {
  const values = useSignal<RoomFormValues>(NEW_ROOM);
  const fault = useSignal<string | null>(null);
  const isBusy = useSignal(false);
  const isOpen = useSignal(false);
  const change = (part: Partial<RoomFormValues>) => {
    values.value = { ...values.value, ...part };
  };
  const create = async () => {
    if (isBusy.value) return;
    const wrong = faultOf(values.value, null);
    if (wrong) {
      isOpen.value = true;
      fault.value = t(`form.fault.${wrong}`);
      announce(fault.value, { urgent: true });
      return;
    }
    isBusy.value = true;
    fault.value = null;
    announce(t('start.creating'));
    try {
      const { room, hostKey } = await client.createRoom(changeOf(values.value, null));
      enterCreated(room.id, hostKey);
    } catch (failed) {
      fault.value = faultText(failed);
      announce(fault.value, { urgent: true });
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <form
      class="card form create-room"
      aria-labelledby="create-title"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <h2 id="create-title">{t('start.new')}</h2>
      <TitleField values={values.value} onChange={change} />
      <details
        class="fold"
        open={isOpen.value}
        onToggle={(event) => {
          isOpen.value = event.currentTarget.open;
        }}
      >
        <summary>{t('start.settings')}</summary>
        <RoomFields values={values.value} onChange={change} before={null} />
      </details>
      {fault.value === null ? null : <p class="fault">{fault.value}</p>}
      <button
        type="submit"
        class="button button-main button-large"
        aria-disabled={isBusy.value}
        data-action="create"
      >
        {isBusy.value ? <span class="spinner" aria-hidden="true" /> : null}
        {isBusy.value ? t('start.creating') : t('start.create')}
      </button>
    </form>
  );
}
