import { useEffect } from 'preact/hooks';
import { announce } from '../ui/announcer.js';
import { Icon } from '../ui/icons.js';
import { timeLeftText } from '../ui/time-left-text.js';

interface TimeBarProps {
  readonly endsAt: number;
  readonly totalMs: number;
  /** The server's time. */
  readonly now: number;
}

/** From here on the time is short, and said once. */
const SHORT_SECONDS = 10;

/** The time that is left, as a bar and in words. */
export function TimeBar({ endsAt, totalMs, now }: TimeBarProps) {
  const leftMs = Math.max(0, endsAt - now);
  const seconds = Math.ceil(leftMs / 1_000);
  const isShort = seconds <= SHORT_SECONDS;
  const text = timeLeftText(seconds);
  useEffect(() => {
    if (isShort && seconds > 0 && totalMs > SHORT_SECONDS * 1_000) announce(text);
  }, [isShort]);
  return (
    <div class="time-bar" role="timer" data-seconds={seconds} data-short={isShort}>
      <span class="time-track" aria-hidden="true">
        <span class="time-left" style={{ scale: `${Math.min(1, leftMs / totalMs)} 1` }} />
      </span>
      <span class="time-text with-icon">
        <Icon name="clock" />
        {text}
      </span>
    </div>
  );
}
