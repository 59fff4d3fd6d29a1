import { AppError } from '../../engine/runtime/app-error.js';
import type { Clock } from '../../engine/runtime/clock.js';
import type { Route } from './route.js';

/** Until the answer begins; how long it then streams is not limited. */
const ANSWER_MS = 30_000;

/** The same route, which refuses what it cannot answer in time. */
export function inTime(route: Route, clock: Clock): Route {
  return { ...route, answer: (gate) => withDeadline(route.answer(gate), clock) };
}

function withDeadline(answer: Promise<Response>, clock: Clock): Promise<Response> {
  return new Promise((resolve, reject) => {
    const deadline = clock.after(ANSWER_MS, () => {
      reject(new AppError('unavailable', 'The answer took too long.', { retryAfterMs: 1_000 }));
      discardLate(answer);
    });
    answer.then(resolve, reject).finally(() => deadline.cancel());
  });
}

/** An answer that comes after the deadline has nobody to read it. */
function discardLate(answer: Promise<Response>): void {
  answer.then(
    (late) => late.body?.cancel(),
    () => {},
  );
}
