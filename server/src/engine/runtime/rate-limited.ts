import { AppError } from './app-error.js';
import type { Metrics } from './metrics.js';

/**
 * The fault of who has reached a limit, counted under the name of the limit.
 * @param retryAfterMs when a repetition is welcome, in milliseconds from now.
 */
export function rateLimited(
  metrics: Metrics,
  limit: string,
  retryAfterMs: number,
  message?: string,
): AppError {
  metrics.count('pinroom_rate_limited_total', { limit });
  return new AppError('rate_limited', message, { retryAfterMs });
}
