import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import { useFocusOnShow } from './focus-on-show.js';
import { leave, tryAgain } from './host-session.js';
import { PageHead } from './page-head.js';
import { usePageTitle } from './page-title.js';

interface EnteringViewProps {
  readonly roomId: string;
  /** Null: it is going on. */
  readonly fault: unknown;
}

export function EnteringView({ roomId, fault }: EnteringViewProps) {
  usePageTitle(t('entering.title'));
  const heading = useFocusOnShow<HTMLHeadingElement>(`${roomId}${fault === null}`);
  return (
    <>
      <PageHead />
      <main id="content" class="narrow welcome" tabIndex={-1}>
        <div class="card form">
          <h1 ref={heading} tabIndex={-1}>
            {t('entering.title')}
          </h1>
          {fault === null ? (
            <p class="row">
              <span class="spinner" aria-hidden="true" />
              {t('connection.connecting')}
            </p>
          ) : (
            <>
              <p class="fault" role="alert">
                {faultText(fault)}
              </p>
              <div class="row">
                <button type="button" class="button button-main" onClick={tryAgain}>
                  {t('retry')}
                </button>
                <button type="button" class="button" onClick={leave}>
                  {t('over.start')}
                </button>
              </div>
            </>
          )}
        </div>
      </main>
    </>
  );
}
