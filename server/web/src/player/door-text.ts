import type { PinroomError } from '@pinroom/client';
import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';

/** Why one is not in: at a door these codes say more than elsewhere. */
export function doorText(fault: PinroomError): string {
  switch (fault.code) {
    case 'forbidden':
      return t('door.refused');
    case 'waiting_for_host':
      return t('door.nobody');
    default:
      return faultText(fault);
  }
}
