import { faultText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';

interface FaultNoteProps {
  readonly fault: unknown;
  readonly onRetry?: () => void;
}

/** Why a question to the server failed; nothing where it did not. */
export function FaultNote({ fault, onRetry }: FaultNoteProps) {
  return (
    <div role="alert" class="fault-note">
      {fault === null ? null : (
        <div class="fault row">
          <span>{faultText(fault)}</span>
          {onRetry ? (
            <button type="button" class="button" onClick={onRetry}>
              {t('retry')}
            </button>
          ) : null}
        </div>
      )}
    </div>
  );
}
