import { PinroomError } from '@pinroom/client';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';

/** Codes that say: whoever asks is none of those who may read it, or it is gone. */
const DENIED: ReadonlySet<string> = new Set([
  'forbidden',
  'not_in_room',
  'room_not_found',
  'not_found',
  'bad_request',
]);

export function isDenied(fault: unknown): boolean {
  return fault instanceof PinroomError && DENIED.has(fault.code);
}

/** What went wrong, where nobody has typed a PIN: a room that is not found was deleted meanwhile. */
export function historyFaultText(fault: unknown): string {
  return isDenied(fault) ? t('denied') : faultText(fault);
}
