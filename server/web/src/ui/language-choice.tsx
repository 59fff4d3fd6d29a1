import { LANGUAGES, type Language } from '../i18n/languages.js';
import { keepLanguage, language, type PageName, speak, t } from '../i18n/translate.js';
import { announce } from './announcer.js';

/** The languages, each by its own name. */
export function LanguageChoice({ page }: { readonly page: PageName }) {
  const choose = (wanted: Language) => {
    speak(wanted, page).then(
      // Another one may have been wanted meanwhile.
      () => language.peek() === wanted && keepLanguage(wanted),
      () => announce(t('fault.offline'), { urgent: true }),
    );
  };
  return (
    <label class="language-choice">
      <span class="unseen">{t('language')}</span>
      <select
        value={language.value}
        onChange={(event) => choose(event.currentTarget.value as Language)}
      >
        {Object.entries(LANGUAGES).map(([tag, { name }]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
