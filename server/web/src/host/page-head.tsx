import { LanguageChoice } from '../ui/language-choice.js';

/** The top of the page while no room is open. */
export function PageHead() {
  return (
    <header class="page-head">
      <a class="wordmark" href="/">
        Pin<span>room</span>
      </a>
      <LanguageChoice page="host" />
    </header>
  );
}
