import { type ComponentType, render } from 'preact';
import { type PageName, preferredLanguage, speak } from '../i18n/translate.js';
import '../style/base.css';
import '../style/brand.css';

/** Twice in so long a page does not load itself again: then it is no old page, but something else. */
const RELOAD_PAUSE_MS = 30_000;
const RELOADED_AT = 'pinroom:reloaded-at';

/** Loads the messages and shows the page. */
export async function startPage(page: PageName, App: ComponentType): Promise<void> {
  // A newer server has files of other names than this page asks for.
  addEventListener('vite:preloadError', (event) => {
    if (reloadOnce()) event.preventDefault();
  });
  const place = document.getElementById('page');
  if (!place) throw new Error('The page has no place for its content.');
  try {
    await speak(preferredLanguage(), page);
  } catch (fault) {
    await speak('en', page).catch(() => {
      throw fault;
    });
  }
  render(<App />, place);
}

function reloadOnce(): boolean {
  try {
    const last = Number(sessionStorage.getItem(RELOADED_AT) ?? 0);
    if (Date.now() - last < RELOAD_PAUSE_MS) return false;
    sessionStorage.setItem(RELOADED_AT, `${Date.now()}`);
  } catch {
    return false;
  }
  location.reload();
  return true;
}
