import { t } from '../i18n/translate.js';

/** How long something is, in words: whole minutes as minutes. */
export function lengthText(seconds: number): string {
  return seconds >= 60 && seconds % 60 === 0
    ? t('composer.length-minutes', { minutes: seconds / 60 })
    : t('composer.length-seconds', { seconds });
}
