import { leftText } from '../faults/fault-text.js';
import { hasMessage, t } from '../i18n/translate.js';
import { useFocusOnShow } from './focus-on-show.js';
import { leave, type OverReason, tryAgain } from './host-session.js';
import { PageHead } from './page-head.js';
import { usePageTitle } from './page-title.js';

interface OverViewProps {
  readonly roomId: string;
  readonly reason: OverReason;
  readonly pin: string | null;
}

const ENDED = new Set(['closed', 'expired']);
/** The page has to begin anew. */
const STALE = new Set(['session_ended', 'protocol_mismatch']);
const RETURNABLE = new Set(['left', 'stopped', 'kicked', 'not_in_room']);

/** Why there is no room here any more, and where to go on. */
export function OverView({ roomId, reason, pin }: OverViewProps) {
  usePageTitle(t('over.title'));
  const heading = useFocusOnShow<HTMLHeadingElement>(reason);
  const titleKey = `over.${reason}.title`;
  const textKey = `over.${reason}.text`;
  return (
    <>
      <PageHead />
      <main id="content" class="narrow welcome" tabIndex={-1}>
        <div class="card form" data-over={reason}>
          <h1 ref={heading} tabIndex={-1}>
            {hasMessage(titleKey) ? t(titleKey) : t('over.title')}
          </h1>
          <p>{hasMessage(textKey) ? t(textKey) : leftText(reason)}</p>
          <div class="row">
            {ENDED.has(reason) ? (
              <a class="button button-main" href={`/rooms/${roomId}`}>
                {t('over.read')}
              </a>
            ) : null}
            {pin === null ? null : (
              <a class="button button-main" href={`/r/${pin}`}>
                {t('over.play')}
              </a>
            )}
            {STALE.has(reason) ? (
              <button type="button" class="button button-main" onClick={() => location.reload()}>
                {t('over.reload')}
              </button>
            ) : (
              <button type="button" class="button" onClick={leave}>
                {t('over.start')}
              </button>
            )}
            {RETURNABLE.has(reason) ? (
              <button type="button" class="button" onClick={tryAgain}>
                {t('over.return')}
              </button>
            ) : null}
          </div>
        </div>
      </main>
    </>
  );
}
