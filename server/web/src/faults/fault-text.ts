import { PinroomError } from '@pinroom/client';
import { hasMessage, t } from '../i18n/translate.js';

/** From here on a wait is said in minutes. */
const LONG_SECONDS = 120;

/** What went wrong, in plain words of the language in use, for every code of the protocol. */
export function faultText(fault: unknown): string {
  const code = fault instanceof PinroomError ? fault.code : 'internal';
  const wait = fault instanceof PinroomError ? fault.retryAfterMs : undefined;
  if (code === 'rate_limited' && wait !== undefined) {
    const seconds = Math.max(1, Math.ceil(wait / 1_000));
    return seconds < LONG_SECONDS
      ? t('fault.rate_limited_until', { seconds })
      : t('fault.rate_limited_minutes', { minutes: Math.ceil(seconds / 60) });
  }
  const key = `fault.${code}`;
  return hasMessage(key) ? t(key) : t('fault.internal');
}

/** Why one is no longer in a room. */
export function leftText(reason: string): string {
  const key = `left.${reason}`;
  if (hasMessage(key)) return t(key);
  const asFault = `fault.${reason}`;
  return hasMessage(asFault) ? t(asFault) : t('left.left');
}
