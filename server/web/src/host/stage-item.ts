import type { Entry } from '@pinroom/client';
import { currentRound, type Round } from '../round/round.js';
import { type Countdown, readCountdown, readQuestion, readText } from '../round/vocabulary.js';

/** What takes the stage: the newest that a host has sent to everybody. */
export type StageItem =
  | {
      readonly kind: 'question';
      readonly id: string;
      readonly round: Round;
      /** When its result came; null: there is none yet. */
      readonly closedAt: number | null;
    }
  | { readonly kind: 'countdown'; readonly id: string; readonly countdown: Countdown }
  | { readonly kind: 'text'; readonly id: string; readonly text: string };

/** Of the entries (ascending) of `room`; `isHost` tells who speaks for the room. */
export function stageItem(
  entries: readonly Entry[],
  isHost: (from: Entry['from']) => boolean,
): StageItem | null {
  // Where players may write, they may write anything.
  const spoken = entries.filter(({ from }) => isHost(from));
  for (const entry of spoken.toReversed()) {
    const { id } = entry;
    if (readQuestion(entry)) {
      const round = currentRound(spoken);
      if (round?.id !== id) return null;
      const isItsResult = (other: Entry) => Boolean(currentRound([entry, other])?.result);
      const later = spoken.slice(spoken.indexOf(entry) + 1);
      const closedAt = later.find(isItsResult)?.at ?? null;
      return { kind: 'question', id, round, closedAt };
    }
    const countdown = readCountdown(entry);
    if (countdown) return { kind: 'countdown', id, countdown };
    const text = readText(entry);
    if (text) return { kind: 'text', id, text: text.text };
  }
  return null;
}
