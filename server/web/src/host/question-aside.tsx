import { client } from '../room/page-client.js';
import type { Saying } from './stage-item.js';
import { TimeLeft } from './time-left.js';

/** What the host has said while the question is open: beside it, not in its place. */
export function QuestionAside({ saying }: { readonly saying: Saying }) {
  const countdown = saying.kind === 'countdown' ? saying.countdown : null;
  if (countdown && countdown.endsAt <= client.serverNow()) return null;
  const text = saying.kind === 'text' ? saying.text : saying.countdown.text;
  return (
    <div class="question-aside" data-aside={saying.kind}>
      {text ? <p dir="auto">{text}</p> : null}
      {countdown ? <TimeLeft endsAt={countdown.endsAt} seconds={countdown.seconds} /> : null}
    </div>
  );
}
