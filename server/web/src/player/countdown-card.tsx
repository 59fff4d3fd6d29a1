import { useEffect } from 'preact/hooks';
import type { Countdown } from '../round/vocabulary.js';
import { announce } from '../ui/announcer.js';
import { timeLeftText } from '../ui/time-left-text.js';

interface CountdownCardProps {
  readonly countdown: Countdown;
  /** The server's time. */
  readonly now: number;
}

/** Something begins, or ends, in so many seconds. */
export function CountdownCard({ countdown, now }: CountdownCardProps) {
  const { endsAt, text } = countdown;
  const seconds = Math.max(0, Math.ceil((endsAt - now) / 1_000));
  const left = timeLeftText(seconds);
  useEffect(() => {
    announce(text ? `${text}: ${left}` : left);
  }, [endsAt]);
  return (
    <div class="countdown-card" role="timer" data-seconds={seconds}>
      {text ? (
        <p class="whole-text" dir="auto">
          {text}
        </p>
      ) : null}
      <p class="countdown-seconds">{left}</p>
    </div>
  );
}
