import { t } from '../i18n/translate.js';
import { Announcer } from '../ui/announcer.js';

export function App() {
  return (
    <>
      <main id="content">
        <h1>Pinroom</h1>
        <p>{t('loading')}</p>
      </main>
      <Announcer />
    </>
  );
}
