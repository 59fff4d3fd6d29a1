import { leftText } from '../faults/fault-text.js';
import { t } from '../i18n/translate.js';
import { Icon, type IconName } from '../ui/icons.js';
import { PageFrame } from './page-frame.js';
import type { Seat } from './seat-memory.js';
import { ViewTitle } from './view-title.js';
import type { Visit } from './visit.js';

interface EndedViewProps {
  readonly visit: Visit;
  readonly reason: string;
  readonly seat: Seat | null;
}

const CLOSED: ReadonlySet<string> = new Set(['closed', 'expired', 'room_closed']);
const NEEDS_RELOAD: ReadonlySet<string> = new Set([
  'protocol_mismatch',
  'session_ended',
  'unauthenticated',
]);
/** A host does not want one back; the PIN, if anything, lets one in. */
const SHUT_OUT: ReadonlySet<string> = new Set(['banned', 'kicked', 'origin_denied']);

/** It is over: why, and where to go from here. */
export function EndedView({ visit, reason, seat }: EndedViewProps) {
  const canReturn =
    seat !== null && !CLOSED.has(reason) && !NEEDS_RELOAD.has(reason) && !SHUT_OUT.has(reason);
  return (
    <PageFrame>
      <div class="still" data-state="ended" data-reason={reason}>
        <span class="still-icon">
          <Icon name={iconOf(reason)} />
        </span>
        {seat?.title ? (
          <p class="quiet whole-text" dir="auto">
            {seat.title}
          </p>
        ) : null}
        <ViewTitle>{leftText(reason)}</ViewTitle>
        <div class="ways-on">
          {NEEDS_RELOAD.has(reason) ? (
            <button
              type="button"
              class="button button-main button-wide"
              onClick={() => location.reload()}
            >
              {t('ended.reload')}
            </button>
          ) : null}
          {canReturn ? (
            <button
              type="button"
              class="button button-main button-wide"
              data-action="back"
              onClick={() => goBack(visit, reason, seat)}
            >
              {t('ended.back')}
            </button>
          ) : null}
          {seat && CLOSED.has(reason) ? (
            <a class="button button-wide" href={`/rooms/${encodeURIComponent(seat.roomId)}`}>
              {t('ended.history')}
            </a>
          ) : null}
          <button
            type="button"
            class={`button button-wide ${canReturn ? '' : 'button-main'}`}
            onClick={() => visit.startOver()}
          >
            {t('other-pin')}
          </button>
        </div>
      </div>
    </PageFrame>
  );
}

/** Who left comes back as before; who was not let back in may have to say something else this time. */
function goBack(visit: Visit, reason: string, seat: Seat): void {
  if (reason === 'left' || reason === 'stopped') void visit.comeBack(seat);
  else visit.askAgain(seat);
}

function iconOf(reason: string): IconName {
  if (CLOSED.has(reason)) return 'check';
  if (reason === 'left') return 'leave';
  return SHUT_OUT.has(reason) ? 'lock' : 'refresh';
}
