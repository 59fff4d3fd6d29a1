import { LanguageChoice } from '../ui/language-choice.js';
import { Wordmark } from '../ui/wordmark.js';

/** The top of the page while no room is open. */
export function PageHead() {
  return (
    <header class="page-head">
      <Wordmark />
      <LanguageChoice page="host" />
    </header>
  );
}
