/** The languages that the pages speak; each has its messages in `src/messages/<tag>`. */
export const LANGUAGES = {
  en: { name: 'English', direction: 'ltr' },
  de: { name: 'Deutsch', direction: 'ltr' },
  ar: { name: 'العربية', direction: 'rtl' },
} as const;

export type Language = keyof typeof LANGUAGES;

const FALLBACK: Language = 'en';

/** The first of the wishes (`de-AT`, `fr`, …) that the pages speak. */
export function chooseLanguage(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const tag = wish?.toLowerCase().split('-')[0] ?? '';
    if (Object.hasOwn(LANGUAGES, tag)) return tag as Language;
  }
  return FALLBACK;
}
