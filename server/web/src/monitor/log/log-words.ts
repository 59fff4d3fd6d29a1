import type { SystemEventType, SystemLevel } from '@pinroom/client';
import { hasMessage, t } from '../../i18n/translate.js';

/** What an entry of this type says; a type that this page does not know stands for itself. */
export function logTypeText(type: SystemEventType): string {
  const key = `log.type.${type}`;
  return hasMessage(key) ? t(key) : type;
}

export function levelText(level: SystemLevel): string {
  return t(`log.level.${level}`);
}
