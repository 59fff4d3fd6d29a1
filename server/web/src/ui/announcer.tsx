import { signal } from '@preact/signals';

const politely = signal('');
const atOnce = signal('');

/** Says something to those who hear the page; `urgent` interrupts what is being said. */
export function announce(text: string, { urgent = false } = {}): void {
  const place = urgent ? atOnce : politely;
  // The same words twice are said twice: a no-break space makes them others.
  place.value = place.value === text ? `${text}\u00a0` : text;
}

/** The places that screen readers listen to; once a page, and there from the beginning. */
export function Announcer() {
  return (
    <>
      <div class="unseen" role="status" aria-live="polite">
        {politely}
      </div>
      <div class="unseen" role="alert" aria-live="assertive">
        {atOnce}
      </div>
    </>
  );
}
