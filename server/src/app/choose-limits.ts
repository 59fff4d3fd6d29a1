import type { Config, Rates } from '../config/config.js';
import { FlexibleRateLimiter } from '../drivers/rate-limits/flexible-rate-limiter.js';
import { limitKey } from '../drivers/redis/keys.js';
import type { EntryPaces } from '../engine/feed/room-feed.port.js';
import type { PinBudget } from '../engine/room/pin-registry.port.js';
import type { Metrics } from '../engine/runtime/metrics.js';
import type { PaceLimit } from '../engine/runtime/pace.js';
import type { RateLimiters } from '../engine/runtime/rate-limiter.port.js';

/** The limits that the stores hold in the step that does the work. */
export function storeLimits(rates: Rates): { pinBudget?: PinBudget; entryPaces: EntryPaces } {
  const perSession = rates.pinTriesPerSession;
  const budget = { perSession, perNetwork: rates.pinTriesPerAddress, windowMs: 60_000 };
  return {
    ...(Number.isFinite(perSession) ? { pinBudget: budget } : {}),
    entryPaces: {
      host: paceLimit(rates, rates.entriesPerHost),
      other: paceLimit(rates, rates.entriesPerUser),
    },
  };
}

/** A pace, with as many at once as the configuration allows. */
export function paceLimit(rates: Rates, perSecond: number): PaceLimit {
  return { perSecond, burst: perSecond * rates.burstSeconds };
}

/** What is counted over all nodes, in `redis` (an ioredis client or cluster) where there is one. */
export function createRateLimiters(
  { rates }: Config,
  redis: unknown,
  metrics: Metrics,
): RateLimiters {
  const limiter = (name: string, points: number, windowSeconds: number, message: string) =>
    new FlexibleRateLimiter({
      metrics,
      name,
      points,
      windowSeconds,
      message,
      redis,
      keyOf: (subject) => limitKey(name, subject),
    });
  return {
    sessions: limiter(
      'sessions',
      rates.sessionsPerAddress,
      600,
      'Too many new sessions come from your network.',
    ),
    handshakes: limiter(
      'handshakes',
      rates.handshakesPerAddress,
      60,
      'Too many handshakes come from your network.',
    ),
    refreshes: limiter(
      'refreshes',
      rates.refreshesPerAddress,
      60,
      'Too many refreshes, or tokens that are not good, come from your network.',
    ),
    rooms: limiter(
      'rooms',
      rates.roomsPerUser,
      3_600,
      'You have opened too many rooms, or replaced too many PINs.',
    ),
    renames: limiter('renames', rates.renamesPerUser, 60, 'You change your nickname too often.'),
    roomsOfNetwork: limiter(
      'rooms_of_network',
      rates.roomsPerAddress,
      3_600,
      'Too many rooms were opened, or PINs replaced, from your network.',
    ),
  };
}
