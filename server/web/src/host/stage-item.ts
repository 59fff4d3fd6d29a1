import type { Entry } from '@pinroom/client';
import type { Round } from '../round/round.js';
import { type Countdown, readCountdown, readText } from '../round/vocabulary.js';

/** What a host says beside questions. */
export type Saying =
  | { readonly kind: 'countdown'; readonly id: string; readonly countdown: Countdown }
  | { readonly kind: 'text'; readonly id: string; readonly text: string };

/** What takes the stage: the question that is open, or else the newest that was said for the room. */
export type StageItem =
  | {
      readonly kind: 'question';
      readonly id: string;
      readonly round: Round;
      /** What was said last since an open question was asked; it stands beside it. */
      readonly aside: Saying | null;
    }
  | Saying;

/** Of what was said for the room in the channel `room`, ascending; `round` is the newest question in it. */
export function stageItem(spoken: readonly Entry[], round: Round | null): StageItem | null {
  const isAboutRound = ({ id }: Entry) => id === round?.id || id === round?.closing?.id;
  const newest = spoken.findLast((entry) => isAboutRound(entry) || sayingOf(entry));
  if (!newest) return null;
  const saying = sayingOf(newest);
  // Whoever says something while a question is open has not taken the question back.
  const isQuestionOn = round !== null && (round.result === null || saying === null);
  if (!isQuestionOn) return saying;
  return { kind: 'question', id: round.id, round, aside: saying };
}

function sayingOf(entry: Entry): Saying | null {
  const { id } = entry;
  const countdown = readCountdown(entry);
  if (countdown) return { kind: 'countdown', id, countdown };
  const text = readText(entry);
  return text ? { kind: 'text', id, text: text.text } : null;
}
