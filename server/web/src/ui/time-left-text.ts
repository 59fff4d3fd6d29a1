import { t } from '../i18n/translate.js';

/** From here on seconds are more than one can picture. */
const LONG_SECONDS = 120;

/** How much time is left, in words: in minutes as long as it is much. */
export function timeLeftText(seconds: number): string {
  return seconds < LONG_SECONDS
    ? t('seconds-left', { seconds })
    : t('minutes-left', { minutes: Math.ceil(seconds / 60) });
}
