import { useSignal } from '@preact/signals';
import { t } from '../i18n/translate.js';
import { Modal } from '../ui/modal.js';
import { CopyButton } from './copy-button.js';
import { hostLink } from './host-address.js';
import { keptHostKey } from './host-session.js';
import { QrCode } from './qr-code.js';

interface OtherDeviceDialogProps {
  readonly roomId: string;
  readonly onClose: () => void;
}

/** A link that makes whoever opens it a host. It is not shown at once: the audience may be looking. */
export function OtherDeviceDialog({ roomId, onClose }: OtherDeviceDialogProps) {
  const isShown = useSignal(false);
  const hostKey = keptHostKey(roomId);
  const link = `${location.origin}${hostLink(roomId, hostKey)}`;
  return (
    <Modal title={t('device.title')} onClose={onClose}>
      {hostKey === null ? (
        <p>{t('device.unknown')}</p>
      ) : (
        <div class="form device">
          <p>{t('device.text')}</p>
          <p class="fault">{t('device.warning')}</p>
          <div class="row">
            <CopyButton text={link} label={t('device.copy')} />
            <button
              type="button"
              class="button"
              aria-expanded={isShown.value}
              onClick={() => {
                isShown.value = !isShown.value;
              }}
            >
              {t('device.show')}
            </button>
          </div>
          {isShown.value ? (
            <>
              <QrCode text={link} label={t('device.qr')} />
              <p class="device-link" dir="ltr">
                {link}
              </p>
            </>
          ) : null}
        </div>
      )}
    </Modal>
  );
}
