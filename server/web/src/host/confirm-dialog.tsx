import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import { Modal } from '../ui/modal.js';

interface ConfirmDialogProps {
  readonly title: string;
  readonly text: string;
  /** What the button says. */
  readonly confirm: string;
  readonly isBad?: boolean;
  /** Closes the dialog when it is done; where it fails, the dialog says why. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/** Asks before something is done that is not taken back by another press. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, text, confirm, isBad = false, onConfirm, onClose, children } = props;
  const place = useRef<HTMLDivElement>(null);
  const isBusy = useSignal(false);
  const fault = useSignal<string | null>(null);
  // The dialog itself gives the focus back.
  const close = () => place.current?.closest('dialog')?.close();
  const carryOut = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    fault.value = null;
    try {
      await onConfirm();
      close();
    } catch (failed) {
      fault.value = faultText(failed);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <Modal title={title} onClose={onClose}>
      <div ref={place} class="form">
        <p>{text}</p>
        {children}
        {fault.value === null ? null : (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
        <div class="row dialog-actions">
          <button type="button" class="button" onClick={close}>
            {t('cancel')}
          </button>
          <button
            type="button"
            class={isBad ? 'button button-bad' : 'button button-main'}
            aria-disabled={isBusy.value}
            data-action="confirm"
            onClick={() => void carryOut()}
          >
            {confirm}
          </button>
        </div>
      </div>
    </Modal>
  );
}
