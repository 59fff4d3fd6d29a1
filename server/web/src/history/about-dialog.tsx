import type { Room } from '@pinroom/client';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isolate } from '../i18n/isolate.js';
import { t } from '../i18n/translate.js';
import { Modal } from '../ui/modal.js';
import { historyFaultText } from './history-fault.js';
import type { HistoryStore } from './history-store.js';
import { dateText } from './moments.js';

interface DialogProps {
  readonly store: HistoryStore;
  readonly room: Room;
  readonly onClose: () => void;
}

/** When the room was, what it shared last, and, for hosts, how to delete it. */
export function AboutDialog({
  store,
  room,
  onClose,
  onDelete,
}: DialogProps & { readonly onDelete: () => void }) {
  return (
    <Modal title={t('about')} onClose={onClose}>
      <div class="form">
        <dl class="about">
          <div>
            <dt>{t('room-title')}</dt>
            <dd dir="auto">{room.title || t('untitled')}</dd>
          </div>
          <div>
            <dt>{t('about-opened')}</dt>
            <dd>{dateText(room.createdAt)}</dd>
          </div>
          <div>
            <dt>{t('about-closed')}</dt>
            <dd>{room.closedAt === null ? t('still-open') : dateText(room.closedAt)}</dd>
          </div>
        </dl>
        <LastState store={store} />
        {store.isHost && room.closedAt !== null ? (
          <button type="button" class="button button-bad" onClick={onDelete}>
            {t('delete')}
          </button>
        ) : null}
        {store.isHost && room.closedAt === null ? <p class="quiet">{t('delete-open')}</p> : null}
      </div>
    </Modal>
  );
}

/** The document that the room shared, as it was last. */
function LastState({ store }: { readonly store: HistoryStore }) {
  const text = useSignal<string | null>(null);
  const fault = useSignal<unknown>(null);
  useEffect(() => {
    store.client.getState(store.roomId ?? '').then(
      ({ version, value }) => {
        text.value = version === 0 ? '' : JSON.stringify(value, null, 2);
      },
      (reason: unknown) => {
        fault.value = reason;
      },
    );
  }, [store, text, fault]);
  if (fault.value !== null) return <p class="fault">{historyFaultText(fault.value)}</p>;
  if (text.value === null) return <p class="quiet">{t('loading')}</p>;
  if (text.value === '') return <p class="quiet">{t('about-state-none')}</p>;
  return (
    <details class="json">
      <summary>{t('about-state')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled with the keys */}
      <pre class="json-all" dir="ltr" tabIndex={0}>
        {text.value}
      </pre>
    </details>
  );
}

/** Says what is lost before it is. */
export function DeleteDialog({ store, room, onClose }: DialogProps) {
  const isBusy = useSignal(false);
  const fault = useSignal<unknown>(null);
  const destroy = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    fault.value = null;
    try {
      await store.delete();
    } catch (reason) {
      fault.value = reason;
      isBusy.value = false;
    }
  };
  return (
    <Modal title={t('delete-title')} onClose={onClose}>
      <div class="form">
        <p class="breaks">{t('delete-what', { title: isolate(room.title || t('untitled')) })}</p>
        <p class="quiet">{t('delete-hint')}</p>
        {fault.value === null ? null : (
          <p class="fault" role="alert">
            {historyFaultText(fault.value)}
          </p>
        )}
        <div class="row">
          <button type="button" class="button" onClick={onClose}>
            {t('cancel')}
          </button>
          <button
            type="button"
            class="button button-bad"
            aria-disabled={isBusy.value}
            onClick={destroy}
          >
            {isBusy.value ? <span class="spinner" aria-hidden="true" /> : null}
            {t('delete-now')}
          </button>
        </div>
      </div>
    </Modal>
  );
}
