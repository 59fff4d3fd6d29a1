import type { OperatorRoom } from '@pinroom/client';
import { t } from '../../i18n/translate.js';

export function titleText(title: string): string {
  return title.trim() === '' ? t('room.untitled') : title;
}

export function roomStateText({ closedAt, locked }: OperatorRoom): string {
  if (closedAt !== null) return t('room.closing');
  return t(locked ? 'room.locked' : 'room.open');
}
