import { type ComponentType, render } from 'preact';
import { type PageName, preferredLanguage, speak } from '../i18n/translate.js';
import '../style/base.css';
import '../style/brand.css';
import '../style/not-started.css';

/** Loads the messages and shows the page. Where a part is missing, `public/start.js` sees to it. */
export async function startPage(page: PageName, App: ComponentType): Promise<void> {
  const place = document.getElementById('page');
  if (!place) throw new Error('The page has no place for its content.');
  await speak(preferredLanguage(), page).catch(() => speak('en', page));
  place.replaceChildren();
  render(<App />, place);
}
