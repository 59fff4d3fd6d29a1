import { isInTime, type Round } from '../round/round.js';
import type { OwnAnswer } from './own-answers.js';

/** What came of one's own answer; `none`: nobody can say. */
export type Verdict = 'right' | 'wrong' | 'missed' | 'late' | 'counted' | 'none';

/** The answer was kept when it did not count any more: it has waited for a connection. */
export function isLate(round: Round, answer: OwnAnswer | undefined): boolean {
  return answer?.at !== undefined && !isInTime(round, answer.at);
}

export function verdictOf(round: Round, answer: OwnAnswer | undefined): Verdict {
  if (answer === undefined || answer.state === 'refused') return 'missed';
  if (answer.state === 'sending' || answer.choice === null) return 'none';
  if (isLate(round, answer)) return 'late';
  const right = round.result?.right ?? null;
  if (right === null) return 'counted';
  return answer.choice === right ? 'right' : 'wrong';
}
