import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatNumber, t } from '../i18n/translate.js';
import { client } from '../room/page-client.js';
import { announce } from '../ui/announcer.js';
import { timeLeftText } from '../ui/time-left-text.js';

interface TimeLeftProps {
  /** On the server's clock. */
  readonly endsAt: number;
  /** How long it is in all, for the bar. */
  readonly seconds: number | undefined;
  readonly onOver?: () => void;
}

const STEP_MS = 200;
/** Said once, to who does not see the clock. */
const WARN_SECONDS = 10;

/** A clock that runs down, the same everywhere in the room. */
export function TimeLeft({ endsAt, seconds, onOver }: TimeLeftProps) {
  const left = useSignal(msLeft(endsAt));
  useEffect(() => {
    let before = msLeft(endsAt);
    left.value = before;
    const timer = setInterval(() => {
      const now = msLeft(endsAt);
      const isCrossed = (mark: number) => before > mark && now <= mark;
      if (isCrossed(WARN_SECONDS * 1_000)) announce(t('seconds-left', { seconds: WARN_SECONDS }));
      if (isCrossed(0)) {
        announce(t('time-over'));
        onOver?.();
      }
      before = now;
      left.value = now;
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [endsAt, onOver, left]);
  const whole = Math.ceil(left.value / 1_000);
  const share = seconds ? Math.min(1, left.value / (seconds * 1_000)) : 0;
  const minutes = Math.floor(whole / 60);
  const rest = `${whole % 60}`.padStart(2, '0');
  return (
    <div class="time-left" data-left={whole} data-hurry={whole <= 5}>
      <span class="unseen">{timeLeftText(whole)}</span>
      <span class="time-number" aria-hidden="true" dir="ltr">
        {whole >= 60 ? `${minutes}:${rest}` : formatNumber(whole)}
      </span>
      {seconds ? (
        <span class="time-bar" aria-hidden="true">
          <span style={{ inlineSize: `${share * 100}%` }} />
        </span>
      ) : null}
    </div>
  );
}

function msLeft(endsAt: number): number {
  return Math.max(0, endsAt - client.serverNow());
}
