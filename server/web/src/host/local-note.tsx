import { t } from '../i18n/translate.js';
import { isLocalHost } from './local-host.js';

/** Under this address nobody else finds here: PIN and QR code would lead phones to themselves. */
export function LocalNote() {
  if (!isLocalHost(location.hostname)) return null;
  return <p class="pill pill-warn local-note">{t('join.local', { address: location.hostname })}</p>;
}
